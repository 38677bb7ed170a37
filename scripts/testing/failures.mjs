import { stripVTControlCharacters } from 'node:util'

/** Enough for a difference of two values and where it was; what is before that is source. */
const linesOfOne = 40

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
  for (const line of stripVTControlCharacters(told).split('\n')) {
    // With many tests Bun lists the names again, without what happened.
    if (/^\d+ tests? failed:$/.test(line)) break
    const result = /^(?:\((pass|fail|skip|todo)\)|([✓✗»✎])) /.exec(line)
    const header = /^(\S+\.test\.ts):$/.exec(line)
    if (header?.[1] !== undefined) file = header[1]
    const isFailure = result?.[1] === 'fail' || result?.[2] === '✗'
    if (isFailure) texts.push([`${file}:`, ...before.slice(-linesOfOne), line].join('\n'))
    // The remark that a test has run out of time follows its name.
    if (/^ {2}\^ this test /.test(line)) texts.push(`${texts.pop() ?? ''}\n${line}`)
    before = result !== null || header !== null ? [] : [...before, line]
  }
  return texts
}
