/** What a socket of ytopic carries as `data`. Only ytopic makes and reads it. */
export interface SocketData {
  /** Tells it from the `data` of other sockets of the same server. */
  readonly isYtopic: true
}
