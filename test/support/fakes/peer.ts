import type { RefusalKind } from '../../../src/base/errors.ts'
import { limitsWith } from '../../../src/base/limits/limits.ts'
import type { Peer } from '../../../src/room/peer.ts'
import { Questions } from '../../../src/room/delivery/questions.ts'
import { FakeClock } from './clock.ts'

/** A peer that keeps what it is told and counts what it is asked for. */
export class FakePeer implements Peer {
  readonly questions = new Questions(limitsWith(), new FakeClock(), {
    hasLeft: () => true,
    take: () => undefined,
  })
  readonly sent: Uint8Array[] = []
  readonly published: { readonly topic: string; readonly bytes: Uint8Array }[] = []
  readonly topics = new Set<string>()
  refused: RefusalKind | undefined
  buffered = 0

  send(bytes: Uint8Array): void {
    this.sent.push(bytes)
  }

  sendDescription(bytes: Uint8Array): void {
    this.sent.push(bytes)
  }

  checkUnsent(): void {
    // It holds what it is told to hold.
  }

  publish(topic: string, bytes: Uint8Array): boolean {
    this.published.push({ topic, bytes })
    return true
  }

  subscribe(topic: string): void {
    this.topics.add(topic)
  }

  unsubscribe(topic: string): void {
    this.topics.delete(topic)
  }

  bufferedBytes(): number {
    return this.buffered
  }

  refuse(kind: RefusalKind): void {
    this.refused = kind
  }
}
