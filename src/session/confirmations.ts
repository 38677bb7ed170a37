import type { Codec } from '../protocol/codec.ts'
import type { Frame } from '../protocol/frame.ts'
import type { Peer } from '../room/peer.ts'
import type { Receipt, Receipts } from '../room/receipts.ts'
import type { Room } from '../room/room.ts'
import type { ReceiptWishes, SessionParts } from './session-parts.ts'

const savedStatus: Frame = { kind: 'sync-status', saved: true }

/** Says to one client, in the words that it asked for, what of its writing is on disk. */
export class Confirmations {
  readonly #peer: Peer
  readonly #codec: Codec
  readonly #wishes: ReceiptWishes
  readonly #receipts: Receipts
  #ended = false
  /** Step 2 frames that answer questions which the client does not count. */
  #asked = 0
  /** Frames that were refused to a reader, and are waited for by its client. */
  #owed = 0

  /**
   * @param confirmed called whenever something was confirmed
   * @returns undefined for a client that has asked for nothing
   */
  static wanted(
    { peer, codec, wishes }: SessionParts,
    room: Room,
    confirmed: () => void,
  ): Confirmations | undefined {
    const { echo, saved, statuses } = wishes
    if (!echo && !saved && !statuses) return undefined
    return new Confirmations(peer, codec, wishes, room, confirmed)
  }

  private constructor(
    peer: Peer,
    codec: Codec,
    wishes: ReceiptWishes,
    room: Room,
    confirmed: () => void,
  ) {
    this.#peer = peer
    this.#codec = codec
    this.#wishes = wishes
    this.#receipts = room.receipts(wishes.echo, (receipt) => {
      this.#confirm(receipt)
      confirmed()
    })
  }

  /** Whether it needs the messages that are to be confirmed. */
  get keepsFrames(): boolean {
    return this.#wishes.echo
  }

  /**
   * Whether the client would take its own updates for confirmed if it heard them now: they are not
   * on disk yet, and their coming back is what it has asked for as the word for that.
   */
  get mustNotHearItself(): boolean {
    return this.keepsFrames && this.#receipts.isWaiting
  }

  /** So many updates were taken; the messages where they are kept. */
  accepted(count: number, frames: readonly Uint8Array[]): void {
    this.#receipts.accepted(count, frames)
  }

  /** A step 2 was taken; with the update in it, unless that held nothing new. */
  acceptedStep2(update: Uint8Array | undefined): void {
    if (this.#asked > 0) {
      this.#asked--
      // It holds what was refused before, if anything was.
      if (this.#owed > 0) this.#receipts.accepted(this.#owed, [])
      this.#owed = 0
      return
    }
    // What comes back must not look like an answer to step 1.
    const isKept = this.keepsFrames && update !== undefined
    const echo = isKept ? this.#codec.encode({ kind: 'update', update }) : undefined
    this.#receipts.accepted(1, echo === undefined ? [] : [echo])
  }

  /** An edit of a reader was not taken; it comes again if the reader may write one day. */
  refused(): void {
    if (this.#wishes.statuses) this.#owed++
  }

  /** The client was asked for what it has, besides the question that comes with each answer. */
  asked(): void {
    // A client that counts one word for each frame does not count the answer to this.
    if (this.#wishes.statuses) this.#asked++
  }

  /** Nothing is confirmed any more: a client that left and came back counts from nothing. */
  end(): void {
    this.#ended = true
  }

  #confirm(receipt: Receipt): void {
    if (this.#ended) return
    for (const frame of receipt.frames) this.#peer.send(frame)
    if (this.#wishes.saved) this.#send({ kind: 'saved', count: receipt.count }, 1)
    if (this.#wishes.statuses) this.#send(savedStatus, receipt.added)
  }

  #send(frame: Frame, times: number): void {
    const bytes = this.#codec.encode(frame)
    if (bytes === undefined) return
    for (let told = 0; told < times; told++) this.#peer.send(bytes)
  }
}
