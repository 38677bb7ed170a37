import { createMemoryStore } from '../../../persistence/memory/store.ts'
import type { Revocations } from '../../../persistence/revocations.ts'
import type { Messages } from '../../../persistence/messages.ts'
import type { Head, Store } from '../../../persistence/store.ts'
import { DelegatingStore } from './delegating-store.ts'

/** One server's way to a store that others use as well. */
class SharedStore extends DelegatingStore {
  readonly isShared = true

  get messages(): Messages | undefined {
    return this.inner.messages
  }

  get revocations(): Revocations | undefined {
    return this.inner.revocations
  }

  /** Closing is its owner's. */
  override close(): Promise<void> {
    return Promise.resolve()
  }
}

/** A database in memory, for several servers. */
export class SharedDatabase extends DelegatingStore {
  #inner: Store
  /** How often it was asked for heads. */
  looks = 0

  constructor(inner = createMemoryStore()) {
    super(inner)
    this.#inner = inner
  }

  override get inner(): Store {
    return this.#inner
  }

  get messages(): Messages | undefined {
    return this.inner.messages
  }

  get revocations(): Revocations | undefined {
    return this.inner.revocations
  }

  /** As a failover does: from now on another one answers. */
  failover(to: Store): void {
    this.#inner = to
  }

  /** As one server opens it. */
  opened(): Store {
    return new SharedStore(this)
  }

  override heads(believed: readonly Head[]): Promise<readonly Head[]> {
    this.looks++
    return super.heads(believed)
  }
}
