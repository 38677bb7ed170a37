import type * as Y from 'yjs'
import { type ContentChange, type SubstituteChange, UnfitError } from './content-wish.ts'
import { type Reading, readContent } from './read.ts'

/**
 * What the content is to be after some texts gave way to others, one after the other: made of the
 * document as it is, so that nothing that others wrote is undone.
 * @throws UnfitError when a text is not there, or more than once
 */
export function substituted(doc: Y.Doc, change: SubstituteChange, reading: Reading): ContentChange {
  const { format, substitutions, ...wish } = change
  let content = readContent(doc, { ...wish, format }, reading)
  for (const [place, { new: after, old: before }] of substitutions.entries()) {
    const which = substitutions.length === 1 ? 'The old text' : `The old text ${place + 1}`
    const at = before === '' ? -1 : content.indexOf(before)
    if (at < 0) throw new UnfitError('bad-content', `${which} is not there; read it anew.`)
    if (content.includes(before, at + 1)) {
      const detail = `${which} is there more than once; give more of what stands around it.`
      throw new UnfitError('bad-content', detail)
    }
    content = content.slice(0, at) + after + content.slice(at + before.length)
  }
  return { ...wish, kind: 'replace', format, content }
}
