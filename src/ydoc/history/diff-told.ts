import type { Author } from '../../../persistence/batch.ts'
import type { PieceDiff, RootDiff } from './diff-shape.ts'

/** A stretch in which nothing has changed. */
interface Folded {
  readonly op: 'same'
  /** UTF-16 units of text, or parts. */
  readonly length: number
}

/**
 * What became of a root as JSON.
 * @param context so much beside a change is told, the rest folded; undefined tells everything
 */
export function diffAsJson(diff: RootDiff, context: number | undefined): string {
  if (context === undefined) return JSON.stringify(diff, told)
  if ('spans' in diff) return JSON.stringify({ spans: foldText(diff.spans, context) }, told)
  if ('blocks' in diff) return JSON.stringify({ blocks: foldParts(diff.blocks, context) }, told)
  if ('items' in diff) return JSON.stringify({ items: foldParts(diff.items, context) }, told)
  return JSON.stringify(diff, told)
}

/** Who wrote what of a root, as JSON: of a text with the places of its stretches. */
export function attributionAsJson(diff: RootDiff): string {
  if (!('spans' in diff)) return JSON.stringify(diff, told)
  let from = 0
  const spans = diff.spans.map((piece) => {
    const to = from + lengthOf(piece)
    const { op: _, ...rest } = piece
    const span = { from, to, by: null, at: null, ...rest }
    from = to
    return span
  })
  return JSON.stringify({ spans }, told)
}

/** What became of a root as HTML that does nothing: only text, marked as added or removed. */
export function diffAsHtml(diff: RootDiff): string {
  if ('spans' in diff) return `<div class="diff"><p>${diff.spans.map(pieceHtml).join('')}</p></div>`
  if ('blocks' in diff) return `<div class="diff">${diff.blocks.map(pieceHtml).join('')}</div>`
  return `<pre class="diff">${escaped(JSON.stringify(diff, told, 2))}</pre>`
}

function pieceHtml(piece: PieceDiff): string {
  if ('children' in piece) {
    const inner = piece.children.map(pieceHtml).join('')
    return `<div class="block ${piece.op}" data-type="${escaped(piece.type)}">${inner}</div>`
  }
  const shown = escaped(piece.text ?? JSON.stringify(piece.embed))
  const by = piece.by === undefined ? '' : ` data-by="${escaped(piece.by.id)}"`
  switch (piece.op) {
    case 'same':
      return shown
    case 'added':
      return `<ins${by}>${shown}</ins>`
    case 'removed': {
      const remover = piece.removedBy?.id
      const removed = remover === undefined ? '' : ` data-removed-by="${escaped(remover)}"`
      return `<del${by}${removed}>${shown}</del>`
    }
    case 'changed':
      return `<span class="changed"${by}>${shown}</span>`
  }
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Text in the middle of a long stretch gives way to its length. */
function foldText(spans: readonly PieceDiff[], context: number): readonly (PieceDiff | Folded)[] {
  return spans.flatMap((span, place): readonly (PieceDiff | Folded)[] => {
    const text = 'text' in span && span.op === 'same' ? (span.text ?? '') : ''
    const ahead = place === 0 ? 0 : context
    const behind = place === spans.length - 1 ? 0 : context
    if (text.length <= ahead + behind) return [span]
    const parts = [
      { ...span, text: text.slice(0, ahead) },
      { op: 'same' as const, length: text.length - ahead - behind },
      { ...span, text: text.slice(text.length - behind) },
    ]
    return parts.filter((part) => !('text' in part) || part.text !== '')
  })
}

function foldParts<Part extends { readonly op: string }>(
  parts: readonly Part[],
  context: number,
): readonly (Part | Folded)[] {
  const isNear = parts.map(({ op }) => op !== 'same')
  for (const [place, { op }] of parts.entries()) {
    if (op !== 'same') isNear.fill(true, Math.max(0, place - context), place + context + 1)
  }
  const folded: (Part | Folded)[] = []
  for (const [place, part] of parts.entries()) {
    const last = folded.at(-1)
    if (isNear[place] === true) folded.push(part)
    else if (last !== undefined && 'length' in last && isNear[place - 1] === false) {
      folded[folded.length - 1] = { op: 'same', length: last.length + 1 }
    } else folded.push({ op: 'same', length: 1 })
  }
  return folded
}

function lengthOf(piece: PieceDiff): number {
  return 'text' in piece ? (piece.text?.length ?? 0) : 1
}

/** People and times as the API tells them. */
function told(key: string, value: unknown): unknown {
  if (key === 'at' && typeof value === 'number') return new Date(value).toISOString()
  if ((key === 'by' || key === 'removedBy') && isAuthor(value)) {
    return { id: value.id, name: value.name ?? null, color: null }
  }
  return isText(value) ? { by: null, ...value } : value
}

/** A stretch of text says whose it is, also where nobody knows. */
function isText(value: unknown): value is { readonly text: string } {
  return typeof value === 'object' && value !== null && 'op' in value && 'text' in value
}

function isAuthor(value: unknown): value is Author {
  return typeof value === 'object' && value !== null && 'id' in value && !('color' in value)
}
