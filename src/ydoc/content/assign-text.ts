import { diffArrays } from 'diff'
import * as Y from 'yjs'
import { piecesOf, type SharedType } from '../fold/pieces.ts'
import { linesOf, plainOf } from './read.ts'

/** A text above this is compared by lines, one below by words. */
const wordsCharsMax = 32_768
/** Differences beyond so many are not sought one by one. */
const editsMax = 2_000
const linePattern = /[^\n]*\n|[^\n]+/g
const wordPattern = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu

/** What makes one list the other: so many stay, so many go, these come. */
interface Hunk<Item> {
  readonly kept: number
  readonly removed: number
  readonly added: readonly Item[]
}

/** The differences of two lists, in bounded time; always right, not always the least. */
export function hunksOf(from: readonly string[], to: readonly string[]): readonly Hunk<string>[] {
  let start = 0
  while (start < Math.min(from.length, to.length) && from[start] === to[start]) start++
  const most = Math.min(from.length, to.length) - start
  let end = 0
  while (end < most && from.at(-1 - end) === to.at(-1 - end)) end++
  const removed = from.slice(start, from.length - end)
  const added = to.slice(start, to.length - end)
  const parts =
    removed.length === 0 || added.length === 0
      ? undefined
      : diffArrays(removed, added, { maxEditLength: editsMax })
  const hunks: Hunk<string>[] = []
  let hunk = { kept: start, removed: 0, added: [] as readonly string[] }
  if (parts === undefined) hunk = { kept: start, removed: removed.length, added }
  for (const part of parts ?? []) {
    if (part.added) hunk = { ...hunk, added: [...hunk.added, ...part.value] }
    else if (part.removed) hunk = { ...hunk, removed: hunk.removed + part.value.length }
    else if (hunk.removed === 0 && hunk.added.length === 0) {
      hunk = { ...hunk, kept: hunk.kept + part.value.length }
    } else {
      hunks.push(hunk)
      hunk = { kept: part.value.length, removed: 0, added: [] }
    }
  }
  return hunk.removed === 0 && hunk.added.length === 0 ? hunks : [...hunks, hunk]
}

/** Changes the characters of a text that are others; marks and what is embedded stay. */
export function editText(text: Y.Text, wanted: string): void {
  const places: number[] = []
  let before = ''
  let at = 0
  for (const piece of piecesOf(text)) {
    if (piece.kind !== 'text') at++
    else {
      for (let i = 0; i < piece.text.length; i++) places.push(at + i)
      before += piece.text
      at += piece.text.length
    }
  }
  const pattern = Math.max(before.length, wanted.length) > wordsCharsMax ? linePattern : wordPattern
  const from = before.match(pattern) ?? []
  const changes: { at: number; removed: number; added: string }[] = []
  let token = 0
  let place = 0
  for (const { added, kept, removed } of hunksOf(from, wanted.match(pattern) ?? [])) {
    place += lengthOf(from.slice(token, token + kept))
    const gone = lengthOf(from.slice(token + kept, token + kept + removed))
    changes.push({ at: place, removed: gone, added: added.join('') })
    token += kept + removed
    place += gone
  }
  for (const { added, at: from_, removed } of changes.toReversed()) {
    const start = places[from_] ?? (places.at(-1) ?? -1) + 1
    // One by one where something is embedded in between: that stays.
    for (let i = from_ + removed - 1; i >= from_; i--) {
      let length = 1
      const last = places[i] ?? 0
      while (i > from_ && places[i - 1] === last - length) {
        i--
        length++
      }
      text.delete(last - length + 1, length)
    }
    if (added !== '') text.insert(start, added)
  }
}

function lengthOf(tokens: readonly string[]): number {
  return tokens.reduce((sum, token) => sum + token.length, 0)
}

/** A paragraph for each line. */
export function textBlocks(lines: readonly string[]): readonly Y.XmlElement[] {
  return lines.map((line) => {
    const block = new Y.XmlElement('paragraph')
    if (line !== '') block.insert(0, [new Y.XmlText(line)])
    return block
  })
}

/**
 * Gives a fragment these lines: blocks whose lines are all there stay as they are.
 * @param depth so many levels of blocks are gone into
 * @throws TooDeepError
 */
export function assignText(root: Y.XmlFragment, wanted: string, depth: number): void {
  const blocks = piecesOf(root).flatMap((piece) => (piece.kind === 'type' ? [piece.type] : []))
  const linesIn = blocks.map((block) =>
    block instanceof Y.Text ? plainOf(block).split('\n') : linesWithin(block, depth),
  )
  const owners = linesIn.flatMap((own, place) => own.map(() => place))
  const from = linesIn.flat()
  const to = wanted === '' ? [] : wanted.split('\n')
  const met = metLines(from, to)
  let line = 0
  let at = 0
  let waiting: SharedType[] = []
  const settle = (until: number): void => {
    at = replaceBlocks(root, at, waiting, to.slice(line, until))
    waiting = []
    line = until
  }
  for (const [place, block] of blocks.entries()) {
    const first = owners.indexOf(place)
    const own = linesIn[place]?.length ?? 0
    const start = met[first]
    const stays =
      own > 0 &&
      start !== undefined &&
      start >= line &&
      Array.from({ length: own }, (_, i) => met[first + i]).every((other, i) => other === start + i)
    if (!stays) waiting.push(block)
    else {
      settle(start)
      line += own
      at++
    }
  }
  settle(to.length)
}

function linesWithin(block: SharedType, depth: number): readonly string[] {
  return linesOf(block, depth).flatMap((line) => line.split('\n'))
}

/** For each line the place of the same one in the others, where it stays. */
function metLines(from: readonly string[], to: readonly string[]): readonly (number | undefined)[] {
  const met: (number | undefined)[] = []
  let at = 0
  for (const { added, kept, removed } of hunksOf(from, to)) {
    for (let i = 0; i < kept; i++) met.push(at++)
    for (let i = 0; i < removed; i++) met.push(undefined)
    at += added.length
  }
  while (met.length < from.length) met.push(at++)
  return met
}

/** @returns the place behind the blocks that stand for these lines */
function replaceBlocks(
  root: Y.XmlFragment,
  from: number,
  blocks: readonly SharedType[],
  wanted: readonly string[],
): number {
  let at = from
  let line = 0
  for (const block of blocks) {
    const next = wanted[line]
    const text = next === undefined ? undefined : onlyTextOf(block)
    if (next === undefined || text === undefined) root.delete(at, 1)
    else {
      editText(text, next)
      at++
      line++
    }
  }
  const rest = textBlocks(wanted.slice(line))
  if (rest.length > 0) root.insert(at, [...rest])
  return at + rest.length
}

/** The text of a block that holds one and nothing else. */
function onlyTextOf(block: SharedType): Y.Text | undefined {
  if (block instanceof Y.Text) return block
  const [piece, more] = piecesOf(block)
  const isOne = more === undefined && piece?.kind === 'type' && piece.type instanceof Y.Text
  return isOne && piece.type instanceof Y.Text ? piece.type : undefined
}
