import * as Y from 'yjs'
import { entriesOf, piecesOf, type SharedType } from './fold/pieces.ts'
import type { RootKind, RootOf } from './content/content-wish.ts'

/** How well-known editors call their root, and of which kind it is. */
export const knownRoots: ReadonlyMap<string, RootKind> = new Map([
  ['default', 'xml'],
  ['prosemirror', 'xml'],
  ['document-store', 'xml'],
  ['prose', 'xml'],
  ['quill', 'text'],
  ['monaco', 'text'],
  ['codemirror', 'text'],
  ['code', 'text'],
])

/** Every root of a document that was ever written, with its kind, by name. */
export function rootsOf(doc: Y.Doc): readonly RootOf[] {
  return [...doc.share]
    .map(([name, root]) => ({ name, kind: kindOf(name, root) }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
}

/**
 * What a root is, from what stands in it: its kind is not in the bytes. A fragment of XmlElements
 * could be a list of them as well, which nobody writes; one of XmlTexts is Lexical's text where
 * they say so.
 */
function kindOf(name: string, root: SharedType): RootOf['kind'] {
  const pieces = piecesOf(root)
  if (pieces.some(({ kind }) => kind === 'text' || kind === 'embed')) return 'text'
  const types = pieces.flatMap((piece) => (piece.kind === 'type' ? [piece.type] : []))
  if (types.length < pieces.length) return 'array'
  if (types.some((type) => type instanceof Y.XmlElement || type instanceof Y.XmlHook)) return 'xml'
  if (types.length > 0 && types.every((type) => type instanceof Y.XmlText)) {
    return types.some((type) => entriesOf(type).some(([key]) => key === '__type')) ? 'text' : 'xml'
  }
  if (types.length > 0) return 'array'
  if (entriesOf(root).length > 0) return 'map'
  return knownRoots.get(name) ?? 'unknown'
}
