import * as Y from 'yjs'
import type { Awareness } from 'y-protocols/awareness'
import { connectHocuspocus, type HocuspocusClient } from '../../support/harness/hocuspocus.ts'
import { type Client, connect } from '../../support/harness/provider.ts'
import type { Place, Stage } from './stage.ts'

/** Somebody who has the document open. */
export interface Person {
  readonly name: string
  readonly document: Y.Doc
  readonly awareness: Awareness | null
  /** Whether it is connected and has been brought up to date. */
  readonly isHere: boolean
  end(): void
}

/** Who writes items, and knows which of them were called saved. */
export class Writer implements Person {
  readonly name: string
  readonly #stage: Stage
  readonly #room: string
  #client: HocuspocusClient
  #place: Place
  written = 0
  saved = 0
  /** How many it had written when it was last brought up to date: those went up all together. */
  #syncedAt = 0

  constructor(stage: Stage, room: string, name: string, place: Place) {
    this.name = name
    this.#stage = stage
    this.#room = room
    this.#place = place
    this.#client = this.#connect(new Y.Doc())
  }

  get document(): Y.Doc {
    return this.#client.document
  }

  get awareness(): Awareness | null {
    return this.#client.provider.awareness
  }

  get isHere(): boolean {
    return this.#client.provider.synced
  }

  write(): void {
    items(this.document).push([`${this.name}:${this.written}`])
    this.written++
    this.#client.provider.setAwarenessField('caret', this.written)
  }

  /** Looks what is called saved. */
  note(): void {
    const { provider } = this.#client
    // The client does not count what goes up with its step 2; a later receipt stands for it too.
    if (!provider.synced || provider.hasUnsyncedChanges) return
    if (this.written > this.#syncedAt) this.saved = this.written
  }

  /** Whether only what is written next shows that all is saved. */
  get needsWrite(): boolean {
    return this.isHere && this.written === this.#syncedAt
  }

  /** Goes to the other server, with all that it has. */
  move(): void {
    const { document, provider, socket } = this.#client
    provider.destroy()
    socket.destroy()
    this.#place = this.#place === 0 ? 1 : 0
    this.#client = this.#connect(document)
  }

  end(): void {
    this.#client.end()
  }

  #connect(document: Y.Doc): HocuspocusClient {
    const url = `${this.#stage.url(this.#place)}/hocuspocus`
    const client = connectHocuspocus(4, url, this.#room, { document })
    client.provider.on('synced', () => {
      this.#syncedAt = this.written
    })
    client.provider.setAwarenessField('user', this.name)
    return client
  }
}

/** Somebody who looks on. */
export class Onlooker implements Person {
  readonly name: string
  readonly #client: Client

  constructor(stage: Stage, room: string, name: string, place: Place) {
    this.name = name
    this.#client = connect(`${stage.url(place)}/ws`, room)
    this.awareness.setLocalStateField('user', name)
  }

  get document(): Y.Doc {
    return this.#client.document
  }

  get awareness(): Awareness {
    return this.#client.provider.awareness
  }

  get isHere(): boolean {
    return this.#client.provider.synced
  }

  moveCaret(): void {
    this.awareness.setLocalStateField('caret', {})
  }

  /** Whoever cuts its connection has seen the last of it. */
  returnsNoMore(): void {
    this.#client.provider.shouldConnect = false
  }

  end(): void {
    this.#client.end()
  }
}

/** The names of those whom somebody sees, themselves with them, in order. */
export function seenBy({ awareness }: Person): string {
  const states = [...(awareness?.getStates().values() ?? [])]
  return namesOf(states.flatMap((state) => String(state['user'] ?? [])))
}

/** Names in order, each as often as it is there. */
export function namesOf(names: readonly string[]): string {
  return names.toSorted((left, right) => left.localeCompare(right)).join(' ')
}

/** What is written in a document. */
export function items(document: Y.Doc): Y.Array<string> {
  return document.getArray('items')
}
