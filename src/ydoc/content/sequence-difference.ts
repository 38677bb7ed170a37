import { diffArrays } from 'diff'
import { type Keys, shellOf } from '../fold/canonical.ts'
import { entriesOf, type Piece, piecesOf, type SharedType } from '../fold/pieces.ts'

/** Something that stands in a list or text and is kept, removed or inserted whole. */
export interface Token {
  readonly key: string
  /** How many places it takes. */
  readonly length: number
  readonly piece: Piece
  /** Of a piece of text, the part that this is. */
  readonly text: string
}

/** What makes one list of tokens the other, in order. */
export type Step =
  | { readonly kind: 'keep' | 'remove'; readonly length: number }
  | { readonly kind: 'insert'; readonly tokens: readonly Token[] }
  /** Stays where it is, with other content. */
  | { readonly kind: 'enter'; readonly type: SharedType; readonly target: SharedType }

/** More lines that differ than this are not sought one by one, and then not words. */
const linesMax = 3_000
const wordsMax = 500
const wordsCharsMax = 65_536
/** More removed times more inserted types than this are paired in their order. */
const pairsMax = 4_096
const linePattern = /[^\n]*\n|[^\n]+/g
const wordPattern = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu

/** The least steps that were found in bounded time; always right, not always the least. */
export function stepsBetween(
  from: readonly Piece[],
  to: readonly Piece[],
  keys: Keys,
): readonly Step[] {
  return between(tokensOf(from, linePattern, keys), tokensOf(to, linePattern, keys), 'lines')
}

function between(
  from: readonly Token[],
  to: readonly Token[],
  by: 'lines' | 'words',
): readonly Step[] {
  const start = commonAhead(from, to)
  const end = commonBehind(from, to, start)
  const removed = from.slice(start, from.length - end)
  const inserted = to.slice(start, to.length - end)
  return [
    ...keep(from.slice(0, start)),
    ...middle(removed, inserted, by),
    ...keep(from.slice(from.length - end)),
  ]
}

function middle(
  from: readonly Token[],
  to: readonly Token[],
  by: 'lines' | 'words',
): readonly Step[] {
  if (from.length === 0 || to.length === 0) return hunk(from, to, by)
  const parts = diffArrays([...from], [...to], {
    comparator: (a: Token, b: Token) => a.key === b.key,
    maxEditLength: by === 'lines' ? linesMax : wordsMax,
  })
  if (parts === undefined) return hunk(from, to, by)
  const steps: Step[] = []
  let [removed, inserted]: [readonly Token[], readonly Token[]] = [[], []]
  const close = (): void => {
    steps.push(...hunk(removed, inserted, by))
    removed = []
    inserted = []
  }
  for (const { added, removed: gone, value } of parts) {
    if (added) inserted = [...inserted, ...value]
    else if (gone) removed = [...removed, ...value]
    else {
      close()
      steps.push(...keep(value))
    }
  }
  close()
  return steps
}

/** What stands in the place of what, with nothing equal between. */
function hunk(
  removed: readonly Token[],
  inserted: readonly Token[],
  by: 'lines' | 'words',
): readonly Step[] {
  if (by === 'lines' && [removed, inserted].every(isLittleText)) {
    return between(wordsOf(removed), wordsOf(inserted), 'words')
  }
  const steps: Step[] = []
  let at = 0
  let to = 0
  for (const [left, right] of pairs(removed, inserted)) {
    steps.push(...replace(removed.slice(at, left), inserted.slice(to, right)))
    const [one, other] = [removed[left]?.piece, inserted[right]?.piece]
    if (one?.kind === 'type' && other?.kind === 'type') {
      steps.push({ kind: 'enter', type: one.type, target: other.type })
    }
    ;[at, to] = [left + 1, right + 1]
  }
  return [...steps, ...replace(removed.slice(at), inserted.slice(to))]
}

/** Which removed type is which inserted one: of the same kind, in order, the likest. */
function pairs(
  removed: readonly Token[],
  inserted: readonly Token[],
): readonly (readonly [number, number])[] {
  if (removed.length * inserted.length > pairsMax) return pairsInOrder(removed, inserted)
  const width = inserted.length + 1
  const best = new Float64Array((removed.length + 1) * width)
  const samples = inserted.map(sampleOf)
  const likeness = removed
    .map(sampleOf)
    .map((one) => samples.map((other) => likenessOf(one, other)))
  for (let i = removed.length - 1; i >= 0; i--) {
    for (let j = inserted.length - 1; j >= 0; j--) {
      const paired = (likeness[i]?.[j] ?? 0) + (best[(i + 1) * width + j + 1] ?? 0)
      const skipped = Math.max(best[(i + 1) * width + j] ?? 0, best[i * width + j + 1] ?? 0)
      best[i * width + j] = Math.max(paired, skipped)
    }
  }
  const found: (readonly [number, number])[] = []
  for (let i = 0, j = 0; i < removed.length && j < inserted.length;) {
    const here = best[i * width + j] ?? 0
    const like = likeness[i]?.[j] ?? 0
    if (like > 0 && here === like + (best[(i + 1) * width + j + 1] ?? 0)) found.push([i++, j++])
    else if (here === best[(i + 1) * width + j]) i++
    else j++
  }
  return found
}

function pairsInOrder(
  removed: readonly Token[],
  inserted: readonly Token[],
): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = []
  for (let at = 0; at < Math.min(removed.length, inserted.length); at++) {
    const [one, other] = [removed[at]?.piece, inserted[at]?.piece]
    if (one?.kind !== 'type' || other?.kind !== 'type') continue
    if (shellOf(one.type) === shellOf(other.type)) found.push([at, at])
  }
  return found
}

/** 0 for what is not of one kind; else more than 0, the more the more alike. */
function likenessOf(left: Sample | undefined, right: Sample | undefined): number {
  if (left === undefined || right?.shell !== left.shell) return 0
  const [one, other] = [left.text, right.text]
  const least = Math.min(one.length, other.length)
  let ahead = 0
  while (ahead < least && one[ahead] === other[ahead]) ahead++
  let behind = 0
  while (behind < least - ahead && one.at(-1 - behind) === other.at(-1 - behind)) behind++
  return 0.01 + (ahead + behind) / Math.max(one.length, other.length, 1)
}

/** Enough of a type to tell what it is like; undefined of what is no type. */
interface Sample {
  readonly shell: string
  readonly text: string
}

const sampleChars = 512

function sampleOf({ piece }: Token): Sample | undefined {
  if (piece.kind !== 'type') return undefined
  return { shell: shellOf(piece.type), text: beginningOf(piece.type, sampleChars) }
}

function beginningOf(type: SharedType, chars: number): string {
  let text = ''
  for (const piece of [...piecesOf(type), ...entriesOf(type).map(([, entry]) => entry)]) {
    if (text.length >= chars) break
    if (piece.kind === 'text') text += piece.text
    else text += piece.kind === 'type' ? beginningOf(piece.type, chars - text.length) : piece.key
  }
  return text.slice(0, chars)
}

function keep(tokens: readonly Token[]): readonly Step[] {
  return tokens.length === 0 ? [] : [{ kind: 'keep', length: lengthOf(tokens) }]
}

function replace(removed: readonly Token[], inserted: readonly Token[]): readonly Step[] {
  const steps: Step[] = []
  if (removed.length > 0) steps.push({ kind: 'remove', length: lengthOf(removed) })
  if (inserted.length > 0) steps.push({ kind: 'insert', tokens: inserted })
  return steps
}

function isLittleText(tokens: readonly Token[]): boolean {
  return (
    tokens.length > 0 &&
    tokens.every(({ piece }) => piece.kind === 'text') &&
    lengthOf(tokens) <= wordsCharsMax
  )
}

function lengthOf(tokens: readonly Token[]): number {
  return tokens.reduce((sum, { length }) => sum + length, 0)
}

/** Text is cut by the pattern, across the edges of formatting; what is no text stays whole. */
function tokensOf(pieces: readonly Piece[], pattern: RegExp, keys: Keys): readonly Token[] {
  return pieces.flatMap((piece) => {
    if (piece.kind === 'text') return textTokens(piece, piece.text, pattern)
    const key = `${piece.kind[0]}${keys.ofPiece(piece)}`
    return [{ key, length: 1, piece, text: '' }]
  })
}

function wordsOf(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap(({ piece, text }) => textTokens(piece, text, wordPattern))
}

function textTokens(piece: Piece, whole: string, pattern: RegExp): readonly Token[] {
  return (whole.match(pattern) ?? []).map((text) => ({
    key: `t${text}`,
    length: text.length,
    piece,
    text,
  }))
}

function commonAhead(from: readonly Token[], to: readonly Token[]): number {
  const most = Math.min(from.length, to.length)
  let at = 0
  while (at < most && from[at]?.key === to[at]?.key) at++
  return at
}

function commonBehind(from: readonly Token[], to: readonly Token[], start: number): number {
  const most = Math.min(from.length, to.length) - start
  let at = 0
  while (at < most && from.at(-1 - at)?.key === to.at(-1 - at)?.key) at++
  return at
}
