import * as encoding from 'lib0/encoding'

const firstAuthor = 1_000_000_000

/**
 * Letters by many authors, by turns in two texts, so that no two of them become one struct: the
 * most that so many edits can be.
 */
export function manyEdits(authors: number, each: number): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, authors)
  for (let author = authors - 1; author >= 0; author--) {
    const client = firstAuthor + author
    for (const value of [each, client, 0]) encoding.writeVarUint(encoder, value)
    for (let clock = 0; clock < each; clock++) {
      const isFirst = clock < 2
      if (isFirst && author === 0) {
        encoding.writeUint8(encoder, 4)
        encoding.writeVarUint(encoder, 1)
        encoding.writeVarString(encoder, clock === 0 ? 'a' : 'b')
      } else {
        encoding.writeUint8(encoder, 4 | 128)
        encoding.writeVarUint(encoder, isFirst ? client - 1 : client)
        encoding.writeVarUint(encoder, isFirst ? each - 2 + clock : clock - 2)
      }
      encoding.writeVarString(encoder, 'x')
    }
  }
  encoding.writeVarUint(encoder, 0)
  return encoding.toUint8Array(encoder)
}
