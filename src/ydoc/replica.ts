import * as Y from 'yjs'

/** What came of a change. */
export interface ReplicaChange<Result> {
  /** What it changed; undefined when nothing. */
  readonly update: Uint8Array | undefined
  /** What the function gave. */
  readonly result: Result
}

/**
 * A program's own copy of a document, made where and when the program changes it. It hears nothing
 * by itself: it is brought up to date before each change.
 */
export class Replica {
  readonly #document = new Y.Doc()
  readonly #clientId: number
  #updates: Uint8Array[] = []
  #doing: 'nothing' | 'applying' | 'changing' = 'nothing'
  #isSpoilt = false

  /** @param clientId who writes it, for Yjs */
  constructor(clientId: number) {
    this.#clientId = clientId
    this.#document.on('update', (update: Uint8Array) => {
      if (this.#doing === 'changing') this.#updates.push(update)
      else if (this.#doing === 'nothing') this.#isSpoilt = true
    })
  }

  /** Whether it was changed by somebody who kept it: the document has nothing of that. */
  get isSpoilt(): boolean {
    return this.#isSpoilt
  }

  /** Encoded clocks of what it holds. */
  get stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#document)
  }

  /** Takes what others have written. */
  apply(updates: readonly Uint8Array[]): void {
    this.#doing = 'applying'
    // Yjs takes an update with structs of its own client for a clash, and goes on as another.
    this.#document.clientID = nobody
    try {
      this.#document.transact(() => {
        for (const update of updates) Y.applyUpdate(this.#document, update)
      })
    } finally {
      this.#document.clientID = this.#clientId
      this.#doing = 'nothing'
    }
  }

  /**
   * Has a function change the document, in one transaction. When it throws the copy is of no use:
   * Yjs takes nothing back.
   * @throws TypeError when it gives a promise; and whatever the function throws
   */
  change<Result>(make: (document: Y.Doc) => Result): ReplicaChange<Result> {
    this.#updates = []
    this.#doing = 'changing'
    try {
      const result = this.#document.transact(() => make(this.#document))
      if (isPromise(result)) throw new TypeError(late)
      const [first, ...more] = this.#updates
      const update = first && more.length > 0 ? Y.mergeUpdates(this.#updates) : first
      return { update, result }
    } catch (error) {
      this.#isSpoilt = true
      throw error
    } finally {
      this.#doing = 'nothing'
    }
  }

  /** Lets go of what it holds. */
  end(): void {
    this.#document.destroy()
  }
}

/** As which client nothing is ever written. */
const nobody = 0

const late = 'The function of a transaction gave a promise: wait before it, and change in one go.'

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value
}
