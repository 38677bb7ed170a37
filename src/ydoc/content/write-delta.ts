import type * as Y from 'yjs'
import { UnfitError } from './content-wish.ts'

/** One stretch of text, or one thing embedded in it, with its marks. */
export interface DeltaPart {
  readonly insert: string | object
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Reads Quill's delta of a whole text. @throws UnfitError */
export function readDelta(content: unknown): readonly DeltaPart[] {
  if (!Array.isArray(content)) throw unfit('It is no array.')
  return content.map((part: unknown): DeltaPart => {
    if (typeof part !== 'object' || part === null || !('insert' in part)) {
      throw unfit('A part of it has no "insert".')
    }
    const { insert } = part
    if (typeof insert !== 'string' && (typeof insert !== 'object' || insert === null)) {
      throw unfit('An "insert" is neither a text nor an object.')
    }
    const attributes = 'attributes' in part ? part.attributes : {}
    if (typeof attributes !== 'object' || attributes === null) {
      throw unfit('"attributes" is no object.')
    }
    return { insert, attributes: { ...attributes } }
  })
}

/** Writes it into an empty text. */
export function fillDelta(text: Y.Text, delta: readonly DeltaPart[]): void {
  for (const { attributes, insert } of delta) {
    if (typeof insert === 'string') text.insert(text.length, insert, { ...attributes })
    else text.insertEmbed(text.length, insert, { ...attributes })
  }
}

function unfit(detail: string): UnfitError {
  return new UnfitError('bad-content', `A delta has to be [{insert, attributes?}]. ${detail}`)
}
