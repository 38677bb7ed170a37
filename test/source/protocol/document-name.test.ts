import { expect, test } from 'bun:test'
import { readDocumentName } from '../../../src/protocol/document-name.ts'

const accepted: readonly (readonly [string, string])[] = [
  ['notes', 'notes'],
  ['a/b/c', 'a/b/c'],
  ['a%2Fb', 'a/b'],
  ['a%20b', 'a b'],
  ['..%2Fx', '../x'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['%F0%9F%8C%B1', '🌱'],
  ['%C3%A9', 'é'],
  ['e%CC%81', 'e\u0301'],
  ['a/', 'a/'],
  ['%2525', '%25'],
  ['50%%20off', '50% off'],
  ['a%', 'a%'],
  ['%', '%'],
  ['%%', '%%'],
  ['%zz', '%zz'],
  ['%4', '%4'],
  ['100%25', '100%'],
  ['%%41', '%A'],
  ['x'.repeat(512), 'x'.repeat(512)],
]

for (const [encoded, name] of accepted) {
  test(`NAME-2: ${encoded.slice(0, 20)} names its decoded form`, () => {
    expect(readDocumentName(encoded)).toEqual({ kind: 'name', name })
  })
}

const refused: readonly (readonly [string, string, string])[] = [
  ['an empty name', '', 'empty'],
  ['513 bytes', 'x'.repeat(513), '513 bytes'],
  ['172 characters of 3 bytes', '%E2%82%AC'.repeat(172), '516 bytes'],
  ['a line feed', 'a%0Ab', 'control'],
  ['a zero byte', '%00', 'control'],
  ['a C1 control', '%C2%85', 'control'],
  ['a lone surrogate', '\ud800', 'well-formed'],
]

for (const [what, encoded, words] of refused) {
  test(`NAME-1: ${what} is refused in words`, () => {
    const verdict = readDocumentName(encoded)
    expect(verdict.kind === 'bad-name' ? verdict.reason : 'accepted').toContain(words)
  })
}

for (const encoded of ['a%E2%82', '%ff', '%c0%af', '%%ff', '%e9%']) {
  test(`NAME-2: ${encoded} is not valid percent-encoded UTF-8 and is refused`, () => {
    const verdict = readDocumentName(encoded)
    expect(verdict.kind === 'bad-name' ? verdict.reason : 'accepted').toContain('percent-encoded')
  })
}
