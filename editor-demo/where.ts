import * as Y from 'yjs'
import type { Client } from './client.ts'

/** Tells where a caret is, in words; nothing where it is in no editor. */
export type Where = (cursor: unknown) => string

/** Looks at the document once, for any number of carets. */
export function whereabouts(client: Pick<Client, 'code' | 'doc' | 'prose'>): Where {
  const { code, doc, prose } = client
  const blocks = new Map<unknown, number>(prose.toArray().map((block, at) => [block, at + 1]))
  const breaks = [...code.toJSON().matchAll(/\n/g)].map(({ index }) => index)
  return (cursor) => {
    const position = positionOf(cursor, doc)
    if (position === null) return ''
    if (position.type === code) {
      return `, in the code, line ${linesBefore(breaks, position.index) + 1}`
    }
    let type: Y.AbstractType<unknown> | null = position.type
    while (type !== null && !blocks.has(type)) type = type.parent
    return type === null ? '' : `, in the text, block ${blocks.get(type)}`
  }
}

/** What others say of themselves may be anything. */
function positionOf(cursor: unknown, doc: Y.Doc): Y.AbsolutePosition | null {
  if (typeof cursor !== 'object' || cursor === null || !('head' in cursor)) return null
  try {
    const relative = Y.createRelativePositionFromJSON(cursor.head)
    return Y.createAbsolutePositionFromRelativePosition(relative, doc)
  } catch {
    return null
  }
}

/** How many of the rising positions are before one. */
function linesBefore(breaks: readonly number[], at: number): number {
  let [from, to] = [0, breaks.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((breaks[middle] ?? at) < at) from = middle + 1
    else to = middle
  }
  return from
}
