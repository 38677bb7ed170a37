import { refusals } from '../../../../src/base/errors.ts'
import { cut, type SourceFile } from '../source.ts'

/** Where a sentence for a person begins: what is thrown, or said behind a refusal's kind. */
const begins =
  /\b(?:throw\s+new\s+\w+|new\s+(?:AuthSetupError|RefusalError|StoreError|UnfitError)|denied)\s*\(/g
const reason = /\breason:\s*(?=['"`])/g

/** Code of ours that speaks to people. */
const speakers = /^(?:src|persistence|editor|editor-demo|scripts|bin|examples)\/.*\.(?:ts|tsx|mjs)$/

/**
 * What is thrown and refused with that is no sentence: it begins with a capital letter, or with the
 * name of what it is about, and ends with a full stop.
 */
export function sentenceViolations({ path, text }: SourceFile): readonly string[] {
  if (!speakers.test(path)) return []
  const { code } = cut(text)
  const spoken = [
    ...[...code.matchAll(begins)].map((found) => argumentsAt(code, found.index + found[0].length)),
    ...[...code.matchAll(reason)].map((found) => literalAt(text, found.index + found[0].length)),
  ]
  return spoken.flatMap(([from, to]) => {
    const said = sentenceIn(text.slice(from, to))
    if (said === undefined || isSentence(said)) return []
    return [`${path}:${text.slice(0, from).split('\n').length} is no sentence: ${said}`]
  })
}

type Span = readonly [from: number, to: number]

/** From behind the bracket to the one that closes it. */
function argumentsAt(code: string, from: number): Span {
  let depth = 1
  let to = from
  while (to < code.length && depth > 0) {
    const one = code.charAt(to++)
    if ('([{'.includes(one)) depth++
    if (')]}'.includes(one)) depth--
  }
  return [from, to - 1]
}

function literalAt(text: string, from: number): Span {
  const quote = text.charAt(from)
  let to = from + 1
  while (to < text.length && text[to] !== quote) to += text[to] === '\\' ? 2 : 1
  return [from, to + 1]
}

/** All that the arguments say, put together; undefined where it stands elsewhere. */
function sentenceIn(given: string): string | undefined {
  const literals = [...given.matchAll(/'((?:[^'\\\n]|\\.)*)'|"([^"\n]*)"|`((?:[^`\\]|\\.)*)`/g)]
    .map(([, single, double, template]) => single ?? double ?? template ?? '')
    // The kind of a refusal stands before its sentence.
    .filter((said, at) => at > 0 || !/^[a-z]+(?:-[a-z]+)*$/.test(said) || !given.includes(','))
  return literals.length === 0 || literals.join('') === '' ? undefined : literals.join('')
}

function isSentence(said: string): boolean {
  const isKind = Object.hasOwn(refusals, said)
  return (
    isKind || (/^(?:[A-Z"']|\$\{|npm |apt-get |createYtopic )/.test(said) && /[.}]$/.test(said))
  )
}
