import type { ChatRoom } from 'ytopic/chat'
import { mayComment } from '../link/link.ts'
import { personOf } from '../link/person.ts'
import type { Panel, PanelParts } from '../panels/panel.ts'
import { piece, press } from '../panels/piece.ts'
import { timesIn } from '../panels/time.ts'
import { nameOf } from '../panels/face.ts'
import { ChatComposer } from './chat-composer.ts'
import { MessageList } from './message-list.ts'
import { enterRoom, leaveRoom } from './rooms.ts'

/** So near to an end counts as at it. */
const nearPx = 48
/** Reading is told so often at most. */
const readEveryMs = 1_000
/** So much of a selection is quoted at most. */
const quoteMax = 280

/** The room beside a document: what was said, who types, and where one says something. */
export class ChatPanel implements Panel {
  readonly content: readonly HTMLElement[]
  readonly #parts: PanelParts
  readonly #list: MessageList
  readonly #composer: ChatComposer
  readonly #here = piece('p', 'here')
  readonly #empty = piece('p', 'empty', 'Nothing was said yet. Say hello.')
  readonly #latest: HTMLButtonElement
  readonly #typing = piece('p', 'typing')
  readonly #words = piece('p', 'refusal')
  readonly #locked = piece('p', 'locked', 'You may read along here, not write.')
  #room: ChatRoom
  #unwatch: () => void
  readonly #unwatchSession: () => void
  #joinedAs = ''
  #isSeen = false
  /** The last message that had been read when the panel was opened. */
  #line: number | undefined
  #isAskingOlder = false
  #reading: ReturnType<typeof setTimeout> | undefined
  #oldest = 0
  #toldError: string | undefined

  constructor(parts: PanelParts) {
    this.#parts = parts
    const { locale, session } = parts
    this.#list = new MessageList({
      times: timesIn(locale),
      me: () => this.#me(),
      find: (quote) => this.#find(quote),
      edit: ({ seq, text }) => this.#composer.change(text, (now) => this.#room.edit(seq, now)),
      remove: ({ seq }) => this.#room.delete(seq),
    })
    this.#composer = new ChatComposer({
      send: (text) => this.#send(text),
      typed: () => this.#room.type(),
      selection: () => this.#selection(),
      refused: (words) => this.#refuse(words),
    })
    this.#latest = press('Jump to latest', () => this.#focusEnd(), 'latest')
    this.#typing.role = 'status'
    this.#words.role = 'alert'
    this.#here.role = 'status'
    const scroll = piece('div', 'log', this.#empty, this.#list.place, this.#latest)
    this.content = [
      this.#here,
      scroll,
      this.#typing,
      this.#words,
      this.#locked,
      this.#composer.place,
    ]
    this.#list.place.addEventListener('scroll', this.#onScroll)
    this.#room = this.#enter()
    this.#unwatch = this.#room.watch(this.#show)
    this.#unwatchSession = session.link.watch(this.#show)
    document.addEventListener('visibilitychange', this.#read)
    this.#show()
  }

  get count(): number {
    return this.#room.unread
  }

  seen(isSeen: boolean): void {
    this.#isSeen = isSeen
    this.#line = isSeen && this.#room.unread > 0 ? this.#room.read : undefined
    if (!isSeen) return
    this.#show()
    const line = this.#list.place.querySelector('.new')
    if (line === null) this.#toEnd()
    else line.scrollIntoView({ block: 'center' })
    this.#askOlder()
    if (mayComment(this.#parts.session.link)) this.#composer.focus()
    else this.#list.place.focus()
  }

  refresh(): void {
    this.#composer.refresh()
    const { granted } = this.#parts.session.link
    const isNamed = granted?.user !== undefined || this.#parts.user().name === this.#joinedAs
    // What was not confirmed would be lost with the room.
    if (isNamed || this.#room.pending.length > 0) return
    this.#unwatch()
    leaveRoom(this.#parts.session)
    this.#room = this.#enter()
    this.#unwatch = this.#room.watch(this.#show)
  }

  close(): void {
    clearTimeout(this.#reading)
    document.removeEventListener('visibilitychange', this.#read)
    this.#unwatch()
    this.#unwatchSession()
    leaveRoom(this.#parts.session)
  }

  #enter(): ChatRoom {
    const user = this.#parts.user()
    this.#joinedAs = user.name
    return enterRoom(this.#parts.session, user)
  }

  #me() {
    const { granted } = this.#parts.session.link
    const { color, name } = personOf(this.#parts.session, this.#parts.user())
    const person = { id: granted?.user?.id ?? null, name, color }
    return { person, isAdmin: granted?.access === 'admin' }
  }

  readonly #show = (): void => {
    const { place } = this.#list
    const room = this.#room
    const wasAtEnd = this.#belowPx < nearPx
    const height = place.scrollHeight
    const isOlder = this.#oldest !== 0 && (room.messages[0]?.seq ?? 0) < this.#oldest
    this.#list.show(room, this.#line)
    this.#oldest = room.messages[0]?.seq ?? 0
    if (!room.joined || room.lastError !== undefined) this.#isAskingOlder = false
    if (isOlder) {
      this.#isAskingOlder = false
      place.scrollTop += place.scrollHeight - height
    } else if (wasAtEnd) this.#toEnd()
    // What does not fill its place cannot be scrolled.
    if (place.scrollHeight <= place.clientHeight) this.#askOlder()
    this.#tell()
    this.#read()
    this.#parts.counted()
  }

  /** Says who is here, who types and what was refused. */
  #tell(): void {
    const { count, joined, lastError, messages, pending, typing } = this.#room
    const may = mayComment(this.#parts.session.link)
    this.#empty.hidden = !joined || messages.length + pending.length > 0
    const others = count === 2 ? '1 other is here' : `${count - 1} others are here`
    const here = count > 1 ? others : 'Nobody else is here'
    say(this.#here, joined ? here : 'Not connected. What you write is sent when you are.')
    say(this.#typing, typingWords(typing.map(({ user }) => nameOf(user))))
    // It stands in the room until something else is heard: it is told once.
    if (lastError !== this.#toldError && lastError !== undefined) this.#refuse(lastError)
    this.#toldError = lastError
    this.#locked.hidden = may || this.#parts.session.link.granted === undefined
    this.#composer.place.hidden = !may
    this.#offerLatest()
  }

  readonly #onScroll = (): void => {
    this.#offerLatest()
    this.#askOlder()
    this.#read()
  }

  #offerLatest(): void {
    this.#latest.hidden = this.#belowPx < 2 * nearPx
  }

  #askOlder(): void {
    const isAtStart = this.#isSeen && this.#list.place.scrollTop < nearPx
    if (!isAtStart || !this.#room.hasOlder || this.#isAskingOlder) return
    this.#isAskingOlder = true
    this.#room.older()
  }

  /** What can be seen at the end is read. */
  readonly #read = (): void => {
    const isAtEnd = this.#belowPx < nearPx
    const isRead = this.#isSeen && isAtEnd && document.visibilityState === 'visible'
    if (!isRead || this.#room.unread === 0 || this.#reading !== undefined) return
    this.#reading = setTimeout(() => {
      this.#reading = undefined
      this.#read()
    }, readEveryMs)
    this.#room.markRead()
  }

  /** How much is below what can be seen. */
  get #belowPx(): number {
    const { clientHeight, scrollHeight, scrollTop } = this.#list.place
    return scrollHeight - scrollTop - clientHeight
  }

  async #send(text: string): Promise<void> {
    const sent = this.#room.post(text)
    this.#line = undefined
    this.#toEnd()
    await sent
  }

  /** The button goes, so the keyboard needs another place. */
  #focusEnd(): void {
    this.#toEnd()
    this.#list.place.focus()
  }

  #toEnd(): void {
    this.#list.place.scrollTop = this.#list.place.scrollHeight
  }

  #refuse(words: string): void {
    say(this.#words, words)
  }

  #selection(): string {
    const passages = this.#parts.passages()
    const selected = passages?.selected
    if (passages === undefined || selected === undefined) return ''
    return passages.text.slice(selected.from, selected.to).trim().slice(0, quoteMax)
  }

  #find(quote: string): void {
    const passages = this.#parts.passages()
    const from = passages?.text.indexOf(quote) ?? -1
    if (from < 0) return this.#refuse('These words are not in the text any more.')
    passages?.select({ from, to: from + quote.length })
  }
}

/** What is said already is not said again: screen readers would read it out. */
function say(place: HTMLElement, words: string): void {
  if (place.textContent !== words) place.textContent = words
}

function typingWords(names: readonly string[]): string {
  const [first, second] = names
  if (first === undefined) return ''
  if (second === undefined) return `${first} is typing…`
  return names.length === 2 ? `${first} and ${second} are typing…` : 'Several people are typing…'
}
