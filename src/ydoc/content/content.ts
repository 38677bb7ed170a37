import * as Y from 'yjs'
import { entriesOf, type Piece, piecesOf, type SharedType } from '../fold/pieces.ts'
import { plainOf } from '../plain.ts'
import type { Content, ContentForm } from '../request.ts'
import { documentOf } from '../history/restore.ts'

/**
 * Tells what roots hold.
 * @param root undefined for all of them as JSON, or where there is but one as text
 */
export function contentOf(
  updates: readonly Uint8Array[],
  form: ContentForm,
  root: string | undefined,
): Content {
  const document = documentOf(updates)
  try {
    const roots = new Map([...document.share].filter(([, type]) => !isEmpty(type)))
    const names = [...roots.keys()]
    const [only] = names.length === 1 ? names : []
    if (form === 'text') {
      const type = roots.get(root ?? only ?? '')
      if (type === undefined) return { kind: 'ambiguous', roots: names }
      return { kind: 'told', text: textOf(type) }
    }
    if (root !== undefined && !roots.has(root)) return { kind: 'ambiguous', roots: names }
    const wanted = root === undefined ? names : [root]
    const values = wanted.map((name) => [name, valueOfRoot(roots.get(name))] as const)
    return { kind: 'told', text: JSON.stringify(Object.fromEntries(values)) }
  } finally {
    document.destroy()
  }
}

/** By what it holds: the bytes of a document do not say what a root is. */
function valueOfRoot(type: SharedType | undefined): unknown {
  if (type === undefined) return null
  const pieces = piecesOf(type)
  if (pieces.some(({ kind }) => kind === 'text' || kind === 'embed')) return textOf(type)
  return pieces.length === 0 ? mapOf(type) : pieces.map(valueOfPiece)
}

function valueOf(type: SharedType): unknown {
  if (type instanceof Y.XmlElement || type instanceof Y.XmlHook) {
    const name = type instanceof Y.XmlElement ? type.nodeName : type.hookName
    const children = type instanceof Y.XmlElement ? piecesOf(type).map(valueOfPiece) : []
    return { type: name, attributes: mapOf(type), children }
  }
  if (type instanceof Y.Map) return mapOf(type)
  if (type instanceof Y.Text) return textOf(type)
  return piecesOf(type).map(valueOfPiece)
}

function valueOfPiece(piece: Piece): unknown {
  if (piece.kind === 'text') return piece.text
  return piece.kind === 'type' ? valueOf(piece.type) : plainOf(piece.value)
}

function mapOf(type: SharedType): Readonly<Record<string, unknown>> {
  return Object.fromEntries(entriesOf(type).map(([key, piece]) => [key, valueOfPiece(piece)]))
}

/** Elements each begin a line; of what is embedded nothing is told. */
function textOf(type: SharedType): string {
  const lines: string[] = []
  let line: string | undefined
  for (const piece of piecesOf(type)) {
    if (piece.kind === 'text') line = (line ?? '') + piece.text
    else if (piece.kind === 'type' && piece.type instanceof Y.Text) {
      line = (line ?? '') + textOf(piece.type)
    } else if (piece.kind === 'type') {
      if (line !== undefined) lines.push(line)
      line = undefined
      lines.push(textOf(piece.type))
    }
  }
  if (line !== undefined) lines.push(line)
  return lines.join('\n')
}

function isEmpty(type: SharedType): boolean {
  return piecesOf(type).length === 0 && entriesOf(type).length === 0
}
