/** A person as the server tells of them. */
export interface ChatPerson {
  readonly id: string | null
  readonly name: string | null
  readonly color: string | null
}

/** A message as the server tells of it; times are ISO 8601. */
export interface ChatMessage {
  /** Counts up from 1 in its room. */
  readonly seq: number
  readonly at: string
  readonly by: ChatPerson
  /** Empty where it was deleted. */
  readonly text: string
  readonly edited?: string
  readonly deleted?: string
}

/** Somebody who is in the room. */
export interface ChatMember {
  readonly member: number
  readonly user: ChatPerson
}

/** What the server says, as far as somebody has to act on it. */
interface Heard {
  readonly type: string
  readonly nonce: string | undefined
  /** Of an error, for people. */
  readonly words: string
}

type Given = Readonly<Record<string, unknown>>

/** What is known of a room: made of what the server says. */
export class ChatState {
  messages: readonly ChatMessage[] = []
  members: readonly ChatMember[] = []
  typing: readonly ChatMember[] = []
  count = 0
  unread = 0
  read = 0
  joined = false
  /** What to ask for older messages; undefined where there are none. */
  next: number | undefined
  #you = 0

  /**
   * Takes one message of the server; undefined for one that is none.
   * @param isOwn whether a message of that nonce was posted here
   */
  hear(text: string, isOwn: (nonce: string) => boolean): Heard | undefined {
    const given = parse(text)
    if (given === undefined || typeof given['type'] !== 'string') return undefined
    const { nonce, type, words } = given
    const word = typeof nonce === 'string' ? nonce : undefined
    if (type === 'message') this.#come(given, word !== undefined && isOwn(word))
    else this.#take(type, given)
    return {
      type,
      nonce: word,
      words: typeof words === 'string' ? words : '',
    }
  }

  /** The connection was lost, or is new: nobody is known to be here. */
  away(): void {
    this.joined = false
    this.members = []
    this.typing = []
    this.count = 0
  }

  /** One was read, with all before it. @returns whether it was not yet */
  see(seq: number): boolean {
    if (seq <= this.read) return false
    this.read = seq
    this.unread = 0
    return true
  }

  #take(type: string, given: Given): void {
    switch (type) {
      case 'joined':
        return this.#join(given)
      case 'page':
        this.next = numberIn(given, 'next')
        return this.#add(messagesIn(given))
      case 'changed':
        return this.#add(messagesIn({ messages: [given['message']] }))
      case 'members':
        return this.#meet(given)
      case 'typing':
        return this.#note(given)
      case 'reading':
        return this.#count(given)
    }
  }

  #join(given: Given): void {
    const page = messagesIn(given)
    const oldest = page.at(-1)?.seq ?? 0
    const last = this.messages.at(-1)?.seq ?? 0
    // What was missed between is asked for as older messages are.
    const isGap = last === 0 || oldest > last + 1
    if (isGap) {
      this.messages = []
      this.next = numberIn(given, 'next')
    }
    this.joined = true
    this.#you = numberIn(given, 'you') ?? 0
    this.count = numberIn(given, 'count') ?? 0
    this.members = listIn(given, 'members').flatMap(memberOf)
    this.#add(page)
    this.#count(given)
  }

  #count(given: Given): void {
    this.read = Math.max(this.read, numberIn(given, 'read') ?? 0)
    this.unread = this.read >= (numberIn(given, 'last') ?? 0) ? 0 : (numberIn(given, 'unread') ?? 0)
  }

  #come(given: Given, isOwn: boolean): void {
    const [message] = messagesIn({ messages: [given['message']] })
    if (message === undefined) return
    const isNew = message.seq > (this.messages.at(-1)?.seq ?? 0)
    this.#add([message])
    if (isNew && !isOwn) this.unread++
  }

  #meet(given: Given): void {
    const left = new Set(listIn(given, 'left'))
    const joined = listIn(given, 'joined').flatMap(memberOf)
    const isHere = ({ member }: ChatMember): boolean => !left.has(member)
    const known = new Set(joined.map(({ member }) => member))
    const stayed = this.members.filter((one) => isHere(one) && !known.has(one.member))
    this.members = [...stayed, ...joined]
    this.typing = this.typing.filter(isHere)
    this.count = numberIn(given, 'count') ?? this.count
  }

  #note(given: Given): void {
    const [member] = memberOf(given)
    if (member === undefined || member.member === this.#you) return
    const others = this.typing.filter((one) => one.member !== member.member)
    this.typing = given['on'] === true ? [...others, member] : others
  }

  #add(messages: readonly ChatMessage[]): void {
    const bySeq = new Map(this.messages.map((message) => [message.seq, message]))
    for (const message of messages) bySeq.set(message.seq, message)
    this.messages = [...bySeq.values()].toSorted((a, b) => a.seq - b.seq)
  }
}

function parse(text: string): Given | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isGiven(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isGiven(value: unknown): value is Given {
  return typeof value === 'object' && value !== null
}

function numberIn(given: Given, key: string): number | undefined {
  const value = given[key]
  return typeof value === 'number' ? value : undefined
}

function listIn(given: Given, key: string): readonly unknown[] {
  const value = given[key]
  return Array.isArray(value) ? value : []
}

function memberOf(value: unknown): readonly ChatMember[] {
  if (!isGiven(value)) return []
  const member = numberIn(value, 'member')
  return member === undefined ? [] : [{ member, user: personOf(value['user']) }]
}

function messagesIn(given: Given): readonly ChatMessage[] {
  return listIn(given, 'messages').flatMap((value) => {
    if (!isGiven(value)) return []
    const seq = numberIn(value, 'seq')
    const { at, deleted, edited, text } = value
    if (seq === undefined || typeof at !== 'string' || typeof text !== 'string') return []
    return [
      {
        seq,
        at,
        by: personOf(value['by']),
        text,
        ...(typeof edited === 'string' ? { edited } : {}),
        ...(typeof deleted === 'string' ? { deleted } : {}),
      },
    ]
  })
}

function personOf(value: unknown): ChatPerson {
  const word = (key: string): string | null => {
    const said = isGiven(value) ? value[key] : null
    return typeof said === 'string' ? said : null
  }
  return { id: word('id'), name: word('name'), color: word('color') }
}
