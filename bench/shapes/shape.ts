import type { openRoom } from '../../test/support/fakes/room.ts'

type Room = ReturnType<typeof openRoom>

/** A client in a room without sockets. */
export type Guest = ReturnType<Room['join']>

/** One message, and who sends it. */
export type Sent = readonly [from: Guest, message: Uint8Array]

/** One way to make a server work: what is there before, and what comes then. */
export interface Shape {
  readonly name: string
  /** Which allowance of its sender it is charged to, beside that for messages and bytes. */
  readonly charged?: string
  /**
   * Makes who sends, and tells the messages of each round; each message is a turn of its own.
   * @param size what every count is multiplied with, of what is held and of what is sent
   */
  readonly prepare: (room: Room, size: number) => (round: number) => readonly Sent[]
}
