import { expect, test } from 'bun:test'
import fc from 'fast-check'
import * as Y from 'yjs'
import { anchorAt, findAnchor } from '../../../editor/comments/anchor.ts'
import type { Passage, Passages, RelativePassage } from '../../../editor/panels/passages.ts'

/** A text as comments see it, without an editor. */
function passagesOf(text: Y.Text): Passages {
  const encode = (at: number, side: number): Uint8Array =>
    Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, at, side))
  const decode = (bytes: Uint8Array): number => {
    const relative = Y.decodeRelativePosition(bytes)
    return (
      Y.createAbsolutePositionFromRelativePosition(relative, text.doc ?? new Y.Doc())?.index ?? 0
    )
  }
  return {
    get text() {
      return text.toJSON()
    },
    toRelative: ({ from, to }: Passage) => ({ from: encode(from, 0), to: encode(to, -1) }),
    fromRelative: ({ from, to }: RelativePassage) => ({ from: decode(from), to: decode(to) }),
  } as Passages
}

function textWith(words: string): Y.Text {
  const text = new Y.Doc().getText('text')
  text.insert(0, words)
  return text
}

/** The words that an anchor on `quote` finds after a change. */
function after(words: string, quote: string, change: (text: Y.Text) => void): string | undefined {
  const text = textWith(words)
  const passages = passagesOf(text)
  const from = words.indexOf(quote)
  const anchor = anchorAt(passages, 'text', { from, to: from + quote.length })
  change(text)
  const found = findAnchor(passages, anchor)
  return found && text.toJSON().slice(found.from, found.to)
}

test('PANEL-9: an anchor stays on its words, whatever is written and deleted around them', () => {
  const around = fc.array(
    fc.record({ isBefore: fc.boolean(), at: fc.nat(200), text: fc.string(), gone: fc.nat(5) }),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(around, (edits) => {
      const found = after('before it the words behind it', 'the words', (text) => {
        for (const { at, gone, isBefore, text: added } of edits) {
          const start = text.toJSON().indexOf('the words')
          const [first, length] = isBefore ? [0, start] : [start + 9, text.length - start - 9]
          const place = first + (length === 0 ? 0 : at % length)
          text.delete(place, Math.min(gone, first + length - place))
          text.insert(place, added.replaceAll('the words', ''))
        }
      })
      expect(found).toBe('the words')
    }),
  )
})

test('PANEL-9: words that undo brings back are found on every replica', () => {
  const text = textWith('quick brown fox, quick fish')
  const other = new Y.Doc()
  const passages = passagesOf(other.getText('text'))
  text.doc?.on('update', (update: Uint8Array) => Y.applyUpdate(other, update))
  Y.applyUpdate(other, Y.encodeStateAsUpdate(text.doc ?? other))
  const anchor = anchorAt(passagesOf(text), 'text', { from: 17, to: 22 })
  const undo = new Y.UndoManager(text)
  text.delete(15, 12)
  expect(findAnchor(passages, anchor)?.from).not.toBe(17)
  undo.undo()
  expect(findAnchor(passages, anchor)).toEqual({ from: 17, to: 22 })
})

test('PANEL-9: of the same words those with the same around them are taken', () => {
  const rewrite = (words: string) => (text: Y.Text) => {
    text.delete(0, text.length)
    text.insert(0, words)
  }
  const words = 'tea at one, tea at two, tea at six'
  const text = textWith(words)
  const passages = passagesOf(text)
  const anchor = anchorAt(passages, 'text', { from: 12, to: 15 })
  rewrite('tea at one, tea at two, tea at six')(text)
  expect(findAnchor(passages, anchor)).toEqual({ from: 12, to: 15 })
  rewrite('new: tea at six, tea at two')(text)
  expect(findAnchor(passages, anchor)).toEqual({ from: 17, to: 20 })
})

test('PANEL-9: much of the words is enough where they stood, and nothing is not', () => {
  const change = (at: number, length: number, insert: string) => (text: Y.Text) => {
    text.delete(at, length)
    text.insert(at, insert)
  }
  expect(after('a quick brown fox', 'quick brown fox', change(8, 5, 'red'))).toBe('quick red fox')
  expect(after('a quick fox', 'quick', change(2, 5, ''))).toBeUndefined()
  expect(after('a quick fox', 'quick', change(0, 11, 'something else'))).toBeUndefined()
})

test('PANEL-9: an anchor that nobody could have made finds nothing, and does no harm', () => {
  const passages = passagesOf(textWith('some words'))
  const odd = { root: 'text', quote: '', from: '!!', to: 'AAAA' }
  expect(findAnchor(passages, odd)).toBeUndefined()
  expect(findAnchor(passages, { root: 'text', quote: 'words' })).toEqual({ from: 5, to: 10 })
})
