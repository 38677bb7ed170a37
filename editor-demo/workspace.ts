import { closeClient, disappear, openClient, reconnect } from './client.ts'
import type { Client, Manner } from './client.ts'
import { openPane } from './pane.ts'
import type { Pane } from './pane.ts'
import type { Seat } from './seat.ts'
import type { Protocol, Reach } from '../editor/link/link.ts'
import { loadProtocol, saveProtocol } from './protocol.ts'
import { useToken } from './token.ts'

/** The views of this tab, all on one document, and the clients that must not be lost yet. */
export class Workspace {
  readonly #parent: HTMLElement
  readonly #panes = new Map<Seat, Pane>()
  /** Clients without a view whose edits are not on the server's disk yet. */
  readonly #parked = new Map<string, Client>()
  readonly #token: string | undefined
  #document: string

  /** Opens `document` for the tab's first person inside `parent`. */
  constructor(parent: HTMLElement, document: string, token: string | undefined) {
    this.#parent = parent
    this.#token = token
    this.#document = document
    this.#open('first')
  }

  get document(): string {
    return this.#document
  }

  get isSplit(): boolean {
    return this.#panes.has('second')
  }

  /** Whether closing the tab now would lose something. */
  get hasUnsaved(): boolean {
    return [...this.#clients()].some(({ link }) => link.pending > 0)
  }

  /** Shows another document in every view. */
  show(document: string): void {
    if (document === this.#document) return
    const seats = [...this.#panes.keys()]
    for (const seat of seats) this.#close(seat)
    this.#document = document
    for (const seat of seats) this.#open(seat)
  }

  /** Puts a second, independent client beside the first one, or takes it away. */
  toggleSplit(): void {
    if (this.isSplit) this.#close('second')
    else this.#open('second')
  }

  /** Leaves everybody's list at once, where a closed tab would linger in it for a while. */
  leave(): void {
    for (const client of this.#clients()) disappear(client)
  }

  /** Joins the list again after `leave`. */
  comeBack(): void {
    for (const pane of this.#panes.values()) pane.greet()
  }

  *#clients(): Generator<Client> {
    yield* this.#parked.values()
    for (const pane of this.#panes.values()) yield pane.client
  }

  #open(seat: Seat): void {
    const key = this.#keyOf(seat)
    const parked = this.#parked.get(key)
    this.#parked.delete(key)
    this.#show(seat, parked ?? openClient(this.#document, this.#manner(seat, loadProtocol(seat))))
  }

  #show(seat: Seat, client: Client): void {
    const choose = (protocol: Protocol): void => this.#change(seat, protocol)
    this.#panes.set(
      seat,
      openPane(this.#parent, client, seat, { choose, useToken, token: this.#token }),
    )
  }

  /** Goes on with the same document over another protocol. */
  #change(seat: Seat, protocol: Protocol): void {
    const pane = this.#panes.get(seat)
    if (pane === undefined) return
    saveProtocol(seat, protocol)
    pane.close()
    this.#show(seat, reconnect(pane.client, this.#manner(seat, protocol)))
  }

  #close(seat: Seat): void {
    const pane = this.#panes.get(seat)
    if (pane === undefined) return
    this.#panes.delete(seat)
    pane.close()
    const { client } = pane
    if (client.link.pending === 0) closeClient(client)
    else this.#park(this.#keyOf(seat), client)
  }

  /** Keeps a client until its edits are saved, or somebody looks at its document again. */
  #park(key: string, client: Client): void {
    disappear(client)
    this.#parked.set(key, client)
    const unwatch = client.link.watch(() => {
      if (this.#parked.get(key) !== client) return unwatch()
      if (client.link.standing.kind !== 'saved') return
      unwatch()
      this.#parked.delete(key)
      closeClient(client)
    })
  }

  #manner(seat: Seat, protocol: Protocol): Manner {
    return { protocol, reach: reachOf(seat), token: this.#token }
  }

  #keyOf(seat: Seat): string {
    return `${seat} ${this.#document}`
  }
}

/** The second client talks to the first through the server only, as from another computer. */
function reachOf(seat: Seat): Reach {
  return seat === 'first' ? 'tabs-and-server' : 'server-only'
}
