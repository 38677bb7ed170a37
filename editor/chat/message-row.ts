import type { ChatMessage, PendingMessage } from 'ytopic/chat'
import { faceOf, nameOf } from '../panels/face.ts'
import { linked } from '../panels/linked.ts'
import { openingIcon, piece, press } from '../panels/piece.ts'
import type { Times } from '../panels/time.ts'
import { icons } from '../panels/icons.ts'
import { readQuoted } from './quoted.ts'

/** What a row works with. */
export interface RowParts {
  readonly times: Times
  readonly isOwn: boolean
  readonly mayChange: boolean
  readonly mayDelete: boolean
  /** Somebody wants to see in the text what was quoted. */
  readonly find: (quote: string) => void
  readonly edit: (message: ChatMessage) => void
  readonly remove: (message: ChatMessage) => void
}

/**
 * A message as it stands in the list.
 * @param follows whether it stands with one of the same person
 */
export function messageRow(message: ChatMessage, follows: boolean, parts: RowParts): HTMLElement {
  const { deleted, edited, seq } = message
  const { isOwn, times } = parts
  const row = rowOf(isOwn, follows)
  row.dataset['seq'] = String(seq)
  const bubble = piece('div', 'bubble')
  if (!isOwn && !follows) bubble.append(piece('strong', 'by', nameOf(message.by)))
  if (deleted !== undefined) {
    bubble.classList.add('grave')
    bubble.append(piece('p', 'said', 'This message was deleted.'))
  } else bubble.append(...saidIn(message.text, parts))
  const state = [edited === undefined ? '' : 'edited', times.clock(message.at)]
  const at = piece('time', 'at', state.filter((word) => word !== '').join(' · '))
  at.dateTime = message.at
  at.title = times.whole(message.at)
  // What the server has told of is on its disk.
  if (isOwn) at.append(piece('span', 'state', ' · Sent'))
  bubble.append(at)
  if (!isOwn) row.append(follows ? piece('span', 'face none') : faceOf(message.by))
  row.append(bubble)
  if (deleted === undefined && (parts.mayChange || parts.mayDelete)) {
    row.append(...actionsFor(message, parts))
  }
  return row
}

/** A message that is on its way: it is not known to be on the server's disk. */
export function pendingRow(
  { text }: PendingMessage,
  parts: Pick<RowParts, 'find' | 'times'>,
): HTMLElement {
  const row = rowOf(true, false)
  const state = piece('span', 'at state', 'Sending…')
  row.classList.add('pending')
  row.append(piece('div', 'bubble', ...saidIn(text, parts), state))
  return row
}

function rowOf(isOwn: boolean, follows: boolean): HTMLElement {
  const row = piece('li', `message${isOwn ? ' own' : ''}${follows ? ' follows' : ''}`)
  row.setAttribute('part', 'message')
  return row
}

function saidIn(text: string, { find }: Pick<RowParts, 'find'>): readonly HTMLElement[] {
  const { quote, words } = readQuoted(text)
  const said = piece('p', 'said', ...linked(words))
  if (quote === '') return [said]
  const chip = press(quote, () => find(quote), 'quote')
  chip.title = 'Show it in the text'
  return words === '' ? [chip] : [chip, said]
}

function actionsFor(message: ChatMessage, parts: RowParts): readonly HTMLElement[] {
  const actions = piece('div', 'actions')
  if (parts.mayChange) actions.append(press('Edit', () => parts.edit(message)))
  if (parts.mayDelete) actions.append(press('Delete', () => parts.remove(message), 'grim'))
  return [openingIcon('Change this message', icons.more, actions), actions]
}
