import * as Y from 'yjs'
import { entriesOf, piecesOf, type SharedType } from './fold/pieces.ts'
import type { KnownRoots } from './content/content-options.ts'
import type { RootKind, RootOf } from './content/content-wish.ts'

/**
 * Every root of a document that was ever written, with its kind, by name.
 * @param known tells what one is in which nothing stands
 */
export function rootsOf(doc: Y.Doc, known: KnownRoots): readonly RootOf[] {
  return [...doc.share]
    .map(([name, root]): RootOf => {
      return { name, kind: kindOf(root) ?? known.get(name) ?? 'unknown' }
    })
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
}

/**
 * What a root is, from what stands in it: its kind is not in the bytes. A fragment of XmlElements
 * could be a list of them as well, which nobody writes; one of XmlTexts is Lexical's text where
 * they say so. Undefined where nothing stands in it.
 */
function kindOf(root: SharedType): RootKind | undefined {
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
  return undefined
}
