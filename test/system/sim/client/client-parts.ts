import type { Clock } from '../../../../src/base/clock.ts'
import type { ClientEnd, SimSocket } from '../socket.ts'
import type { Trace } from '../trace.ts'

/** What a client needs of the world. */
export interface ClientParts {
  readonly clock: Clock
  readonly trace: Trace
  /** The document's name; it is the path as well. */
  readonly name: string
  readonly clientId: number
  /** Whether an editor is bound, which deletes what its schema does not know. */
  readonly hasEditor: boolean
  /** What the server tells beyond that is told in a turn of its own. */
  readonly largeBytes: number
  readonly wishes: { readonly echo: boolean; readonly saved: boolean }
  readonly connect: (path: string, end: ClientEnd) => SimSocket
  /**
   * An update of this client is on disk, says the server.
   * @param stood what the client had when it sent it, where the server was told all of that before
   */
  readonly acknowledged: (
    update: Uint8Array,
    stood: ReadonlyMap<number, number> | undefined,
  ) => void
  /** Whether its document is deleted, so that it is sent away for good. */
  readonly isDeleted: () => boolean
}
