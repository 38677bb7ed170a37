import type { ChatMessage, ChatPerson, ChatRoom, PendingMessage } from 'ytopic/chat'
import { arrange, piece } from '../panels/piece.ts'
import type { Times } from '../panels/time.ts'
import { messageRow, pendingRow, type RowParts } from './message-row.ts'

/** What a list of messages works with. */
export interface ListParts extends Omit<RowParts, 'isOwn' | 'mayChange' | 'mayDelete'> {
  readonly times: Times
  readonly me: () => Me
}

/** Who looks at the list. */
export interface Me {
  readonly person: ChatPerson
  readonly isAdmin: boolean
}

/** Messages of one person within this time stand together. */
const togetherMs = 300_000

/** Messages by day, those of others to the left, one's own to the right. */
export class MessageList {
  readonly #list = piece('ol', '')
  /** What scrolls. */
  readonly place = piece('div', 'messages', this.#list)
  readonly #parts: ListParts
  readonly #rows = new Map<string, { readonly signature: string; readonly row: HTMLElement }>()
  readonly #news = piece('li', 'divider new', piece('span', '', 'New'))

  constructor(parts: ListParts) {
    this.#parts = parts
    this.place.role = 'log'
    this.place.ariaLabel = 'Messages'
    this.place.tabIndex = 0
  }

  /**
   * Shows what is in the room.
   * @param read number of the last message that was read before; undefined draws no line
   */
  show({ messages, pending }: ChatRoom, read: number | undefined): void {
    const kept = new Set<string>()
    const keep = (key: string, signature: string, make: () => HTMLElement): HTMLElement => {
      kept.add(key)
      const known = this.#rows.get(key)
      if (known?.signature === signature) return known.row
      const row = make()
      this.#rows.set(key, { signature, row })
      // What has changed stays where it stands.
      known?.row.replaceWith(row)
      return row
    }
    const shown = messages.flatMap((message, at) => this.#rowsFor(message, messages[at - 1], keep))
    const isNew = ({ seq }: ChatMessage): boolean => read !== undefined && seq > read
    const first = messages.find((message) => isNew(message) && !this.#isOwn(message.by))
    const at = shown.findIndex((row) => row.dataset['seq'] === String(first?.seq))
    if (first !== undefined && read !== 0) shown.splice(at, 0, this.#news)
    const waiting = pending.map((message) => this.#waiting(message, keep))
    arrange(this.#list, [...shown, ...waiting])
    for (const key of this.#rows.keys()) if (!kept.has(key)) this.#rows.delete(key)
  }

  #rowsFor(message: ChatMessage, before: ChatMessage | undefined, keep: Keep): HTMLElement[] {
    const day = this.#parts.times.day(message.at)
    const isNewDay = before === undefined || this.#parts.times.day(before.at) !== day
    const follows =
      !isNewDay &&
      isSame(before.by, message.by) &&
      Date.parse(message.at) - Date.parse(before.at) < togetherMs
    const isOwn = this.#isOwn(message.by)
    const { isAdmin, person } = this.#parts.me()
    const mayChange = message.by.id === null ? isAdmin && isOwn : message.by.id === person.id
    const rights = { isOwn, mayChange, mayDelete: mayChange || isAdmin }
    const signature = JSON.stringify([message, follows, rights])
    const row = keep(`${message.seq}`, signature, () =>
      messageRow(message, follows, { ...this.#parts, ...rights }),
    )
    if (!isNewDay) return [row]
    const line = (): HTMLElement => piece('li', 'divider day', piece('span', '', day))
    return [keep(`day ${message.seq}`, day, line), row]
  }

  #waiting(message: PendingMessage, keep: Keep): HTMLElement {
    return keep(message.nonce, message.text, () => pendingRow(message, this.#parts))
  }

  #isOwn(by: ChatPerson): boolean {
    return isSame(by, this.#parts.me().person)
  }
}

type Keep = (key: string, signature: string, make: () => HTMLElement) => HTMLElement

/** Whom nobody vouches for is known by what they call themselves. */
function isSame(one: ChatPerson, other: ChatPerson): boolean {
  if (one.id !== null || other.id !== null) return one.id === other.id
  return one.name === other.name && one.color === other.color
}
