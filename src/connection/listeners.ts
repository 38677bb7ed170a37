import type { Server } from 'bun'
import type { SocketData } from './socket-data.ts'

/**
 * The `Bun.serve`s that share one ytopic. Each has topics of its own, so what is published goes to
 * every one of them. There is one, but for a program that listens twice, and for the moment in
 * which a new listener takes the place of an old one.
 */
export class Listeners {
  readonly #listeners = new Set<Server<SocketData>>()

  /** A request has come through this server. */
  add(server: Server<SocketData>): void {
    this.#listeners.add(server)
  }

  /** This server has no connections any more. */
  forget(server: Server<SocketData>): void {
    this.#listeners.delete(server)
  }

  /** Tells everybody on the topic. False when somebody did not take it at once. */
  publish(topic: string, bytes: Uint8Array): boolean {
    return this.#tell(topic, bytes, undefined)
  }

  /** Tells those on the topic who are not on that server; likewise. */
  publishBeside(own: Server<SocketData>, topic: string, bytes: Uint8Array): boolean {
    return this.#listeners.size < 2 || this.#tell(topic, bytes, own)
  }

  #tell(topic: string, bytes: Uint8Array, but: Server<SocketData> | undefined): boolean {
    let taken = true
    for (const server of this.#listeners) {
      if (server !== but && server.publish(topic, bytes, false) < 0) taken = false
    }
    return taken
  }
}
