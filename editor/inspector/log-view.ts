import type * as Y from 'yjs'
import { piece } from '../panels/piece.ts'
import type { Entry, Log } from './log.ts'
import { rootsAt } from './sizes.ts'
import { type Cells, milliseconds, table } from './table.ts'

const heads = ['', 'message', 'bytes', 'sent', 'relayed', 'on disk', 'in', 'structs', 'deletes', '']

/** The last messages, the latest first, with how long each took since it was typed. */
export function showLog({ entries }: Log, doc: Y.Doc): HTMLElement {
  if (entries.length === 0) return piece('p', 'hint', 'Nothing has passed yet: type something.')
  const about =
    'Times are milliseconds since it was typed: until it was sent, until another view of this ' +
    'page had it, and until the server said that it is on its disk.'
  const rows = entries.toReversed().map((entry) => rowOf(entry, doc))
  return piece('div', '', piece('p', 'hint', about), table(heads, rows))
}

function rowOf(entry: Entry, doc: Y.Doc): Cells {
  const { at, bytes, confirmedAt, direction, kind, relayedAt, typedAt, update, words } = entry
  const from = typedAt ?? at
  const isOut = direction === 'out'
  const arrow = piece('span', direction, isOut ? '↑' : '↓')
  arrow.title = isOut ? 'to the server' : 'from the server'
  return [
    arrow,
    kind,
    bytes,
    piece('span', 'number', milliseconds(typedAt, at)),
    piece('span', 'number', milliseconds(from, relayedAt)),
    piece('span', 'number', milliseconds(from, confirmedAt)),
    update === undefined ? '' : rootsAt(update.ids, doc).join(', '),
    update?.structs ?? '',
    update?.deletes ?? '',
    piece('code', '', words.slice(0, wordsMax)),
  ]
}

const wordsMax = 120
