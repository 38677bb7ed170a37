import { fromBase64UrlEncoded, toBase64UrlEncoded } from 'lib0/buffer'
import type { Passage, Passages } from '../panels/passages.ts'
import type { Anchor } from './thread.ts'

/** So much of the words is kept, and of what is around them. */
const quoteMax = 500
const aroundMax = 32

/** So many places with the same words are compared at most. */
const placesMax = 1_000

/** Describes a passage so that it is found again, whatever is written around it. */
export function anchorAt(passages: Passages, root: string, passage: Passage): Anchor {
  const { text } = passages
  const { from, to } = passage
  const relative = passages.toRelative(passage)
  return {
    root,
    quote: whole(text.slice(from, Math.min(to, from + quoteMax))),
    prefix: whole(text.slice(Math.max(0, from - aroundMax), from)),
    suffix: whole(text.slice(to, to + aroundMax)),
    ...(relative === undefined
      ? {}
      : { from: toBase64UrlEncoded(relative.from), to: toBase64UrlEncoded(relative.to) }),
  }
}

/** What is selected, else the paragraph with the caret; undefined where that is empty. */
export function passageHere({ caret, selected, text }: Passages): Passage | undefined {
  if (selected !== undefined) return selected
  const from = text.lastIndexOf('\n', caret - 1) + 1
  const end = text.indexOf('\n', caret)
  const to = end < 0 ? text.length : end
  return from < to ? { from, to } : undefined
}

/**
 * Finds a passage again: where its ends are now, if much of its words still stands there; else the
 * same words nearest to that; else whatever stands there. Undefined where its words are gone: undo
 * brings words back as new ones, which only the quote finds.
 */
export function findAnchor(passages: Passages, anchor: Anchor): Passage | undefined {
  const placed = placeOf(passages, anchor)
  if (isOn(passages, placed, anchor)) return placed
  const found = quoted(passages.text, anchor, placed?.from)
  return found ?? (placed !== undefined && placed.from < placed.to ? placed : undefined)
}

/** The same, where its ends alone tell it: nothing of the text is read for it. */
export function standingAnchor(passages: Passages, anchor: Anchor): Passage | undefined {
  const placed = placeOf(passages, anchor)
  return isOn(passages, placed, anchor) ? placed : undefined
}

/** Whether a passage holds much of the words of an anchor. */
function isOn({ text }: Passages, passage: Passage | undefined, { quote }: Anchor): boolean {
  if (passage === undefined || passage.from >= passage.to) return false
  return resembles(text.slice(passage.from, passage.to), quote)
}

function placeOf(passages: Passages, { from, to }: Anchor): Passage | undefined {
  if (from === undefined || to === undefined) return undefined
  try {
    return passages.fromRelative({
      from: fromBase64UrlEncoded(from),
      to: fromBase64UrlEncoded(to),
    })
  } catch {
    // Who wrote it may have written anything.
    return undefined
  }
}

/** Whether half of the words at least stand there still, at the beginning and the end. */
function resembles(now: string, quote: string): boolean {
  if (now.startsWith(quote)) return true
  const most = Math.min(now.length, quote.length)
  const begins = sharedStart(now, quote, most)
  return 2 * (begins + sharedEnd(now, quote, most - begins)) >= quote.length
}

function quoted(
  text: string,
  { prefix = '', quote, suffix = '' }: Anchor,
  near = 0,
): Passage | undefined {
  if (quote === '') return undefined
  let best: { readonly from: number; readonly score: number } | undefined
  let from = text.indexOf(quote)
  for (let place = 0; from >= 0 && place < placesMax; place++) {
    const before = text.slice(Math.max(0, from - prefix.length), from)
    const behind = text.slice(from + quote.length, from + quote.length + suffix.length)
    const around = sharedEnd(before, prefix, Math.min(before.length, prefix.length))
    const score = around + sharedStart(behind, suffix, Math.min(behind.length, suffix.length))
    const isNearer = best !== undefined && Math.abs(from - near) < Math.abs(best.from - near)
    if (best === undefined || score > best.score || (score === best.score && isNearer)) {
      best = { from, score }
    }
    from = text.indexOf(quote, from + 1)
  }
  return best && { from: best.from, to: best.from + quote.length }
}

function sharedStart(one: string, other: string, most: number): number {
  let count = 0
  while (count < most && one[count] === other[count]) count++
  return count
}

function sharedEnd(one: string, other: string, most: number): number {
  let count = 0
  while (count < most && one.at(-1 - count) === other.at(-1 - count)) count++
  return count
}

/** A cut may have parted a pair of code units: half a character is none. */
function whole(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')
}
