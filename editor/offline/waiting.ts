import * as Y from 'yjs'

/** Updates as one, with what is to be done when they are kept. */
interface Together {
  readonly update: Uint8Array
  /** How many edits of this tab are in it. */
  readonly edits: number
  readonly done: () => void
}

/** What the device does not have yet. It waits here until the device has it. */
export class Waiting {
  readonly #updates: Uint8Array[] = []
  #edits = 0

  get isEmpty(): boolean {
    return this.#updates.length === 0
  }

  /** How many edits of this tab are in it. */
  get edits(): number {
    return this.#edits
  }

  add(update: Uint8Array, isOwn: boolean): void {
    this.#updates.push(update)
    if (isOwn) this.#edits++
  }

  all(): Together {
    const updates = [...this.#updates]
    const edits = this.#edits
    return {
      update: Y.mergeUpdates(updates),
      edits,
      done: () => {
        this.#updates.splice(0, updates.length)
        this.#edits -= edits
      },
    }
  }
}
