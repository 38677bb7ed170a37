import { stripVTControlCharacters } from 'node:util'

/** A line that names the file whose tests come. */
const fileLine = /^(\S+\.test\.ts):$/
/** A line that says what became of a test; Bun has signs for words on a terminal. */
const resultLine = /^(?:\((?:pass|fail|skip|todo)\)|[✓✗»✎]) /
const failureLine = /^(?:\(fail\)|✗) /
/** Enough for a difference of two values and where it was; what is before that is source. */
const linesOfOne = 40

/**
 * How far a run has come, in a line.
 * @param {string} told what Bun has printed so far
 */
export function placeOf(told) {
  const lines = linesOf(told)
  const files = lines.flatMap((line) => fileLine.exec(line)?.[1] ?? [])
  const tests = lines.filter((line) => resultLine.test(line))
  const place = files.at(-1) ?? 'the first file'
  return `... still in ${place}; ${tests.length} tests of ${files.length} files so far\n`
}

/**
 * What Bun has printed of each test that failed: its file, its last lines, its name. In a run
 * of many files this stands far above the counts, where nobody looks for it.
 * @param {string} told all that `bun test` has printed
 * @returns {string[]} a text of some lines for each
 */
export function failuresIn(told) {
  const texts = /** @type {string[]} */ ([])
  let file = ''
  let before = /** @type {string[]} */ ([])
  for (const line of linesOf(told)) {
    // With many tests Bun lists the names again, without what happened.
    if (/^\d+ tests? failed:$/.test(line)) break
    // The remark that a test has run out of time follows its name.
    if (/^ {2}\^ this test /.test(line)) texts.push(`${texts.pop() ?? ''}\n${line}`)
    const named = fileLine.exec(line)?.[1]
    if (failureLine.test(line)) {
      texts.push([`${file}:`, ...before.slice(-linesOfOne), line].join('\n'))
    }
    if (named !== undefined) file = named
    if (named !== undefined || resultLine.test(line)) before = []
    else before.push(line)
  }
  return texts
}

/** @param {string} told */
function linesOf(told) {
  return stripVTControlCharacters(told).split('\n')
}
