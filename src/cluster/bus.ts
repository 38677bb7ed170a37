/** What a server hears of its bus. */
export interface BusListener {
  /** Something was said on a channel that was subscribed to; the bytes are only lent. */
  message(channel: string, bytes: Uint8Array): void
  /** It is there, and all subscriptions stand; what was said before is lost. */
  up(): void
  /** It is away, and so is what is said meanwhile; once for each reason in turn. */
  down(reason: string): void
}

/**
 * How servers tell each other quickly what they have in common. It may lose, double and delay what
 * is said, and be away for as long as it likes: nothing rests on it.
 */
export interface Bus {
  /** Where it is, as an operator would look for it. */
  readonly place: string
  readonly isUp: boolean
  /** Begins; whoever listens hears everything from then on. Once. */
  listen(listener: BusListener): void
  /**
   * Has a channel heard, from now on or from when it is there.
   * @returns whether all that is said on it from now on is heard, once that is sure
   */
  subscribe(channel: string): Promise<boolean>
  unsubscribe(channel: string): void
  /** Says something to all who have subscribed, this server too; the bytes are copied. */
  publish(channel: string, bytes: Uint8Array): void
  /** Makes its connection anew, as when it seems to be deaf. */
  renew(reason: string): void
  close(): Promise<void>
}
