import { closeClient, disappear, openClient } from './client.ts'
import type { Client } from './client.ts'
import { openPane } from './pane.ts'
import type { Pane } from './pane.ts'
import type { Seat } from './person.ts'

/** The views of this tab, all on one document, and the clients that must not be lost yet. */
export class Workspace {
  readonly #parent: HTMLElement
  readonly #panes = new Map<Seat, Pane>()
  /** Clients without a view whose edits had not reached the server when it was closed. */
  readonly #parked = new Map<string, Client>()
  #document: string

  /** Opens `document` for the tab's first person inside `parent`. */
  constructor(parent: HTMLElement, document: string) {
    this.#parent = parent
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
  get hasUnsent(): boolean {
    return [...this.#clients()].some((client) => client.hasUnsent())
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
    const key = `${seat} ${this.#document}`
    // The second client talks to the first through the server only, as from another computer.
    const reach = seat === 'first' ? 'tabs-and-server' : 'server-only'
    const client = this.#parked.get(key) ?? openClient(this.#document, reach)
    this.#parked.delete(key)
    this.#panes.set(seat, openPane(this.#parent, client, seat))
  }

  #close(seat: Seat): void {
    const pane = this.#panes.get(seat)
    if (pane === undefined) return
    this.#panes.delete(seat)
    pane.close()
    if (pane.client.hasUnsent()) {
      disappear(pane.client)
      this.#parked.set(`${seat} ${this.#document}`, pane.client)
    } else {
      closeClient(pane.client)
    }
  }
}
