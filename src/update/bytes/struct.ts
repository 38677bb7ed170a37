import { UpdateCursor } from './cursor.ts'
import { clockMax } from '../fault.ts'
import { skipAny, skipJsonElement, skipJsonText, skipOptions } from './value.ts'

/** The low five bits of a struct's first byte: what it is. */
export const structRef = {
  gc: 0,
  deleted: 1,
  json: 2,
  binary: 3,
  string: 4,
  embed: 5,
  format: 6,
  type: 7,
  any: 8,
  document: 9,
  skip: 10,
} as const

/** The high three bits of a struct's first byte: which references follow. */
export const structFlag = { origin: 128, rightOrigin: 64, parentSub: 32, references: 192 } as const

/** Shared types that Yjs knows; XML elements and hooks carry a name behind the number. */
const typeRef = { xmlElement: 3, xmlHook: 5, last: 6 } as const

/** Whether the first byte of a struct says that it has no content: GC or ContentDeleted. */
export function isHollow(info: number): boolean {
  return (info & 31) <= structRef.deleted
}

/** Stands for a reference that a struct does not have. */
export const noClock = -1

/**
 * A cursor that passes over one struct at a time and keeps what the struct says of others.
 * Read: yjs `structs/Item.js`, `utils/encoding.js` (readClientsStructRefs), 13.6.
 */
export class StructCursor extends UpdateCursor {
  /** Levels that a value may have. */
  depthMax = 0
  /** Whether a struct of length zero is passed over without a fault. */
  takesEmpty = false
  /** The first byte of the struct last read. */
  info = 0
  originClient = 0
  /** Clock of the item to the left, `noClock` without one. */
  originClock = noClock
  rightClient = 0
  rightClock = noClock
  parentClient = 0
  parentClock = noClock
  /** Offset of the name of the root type that holds it; 0 when there is none. */
  rootFrom = 0
  rootTo = 0
  /** Offset of the content. */
  contentFrom = 0

  /** Whether the struct last read may stand in flat text or a flat list at the root. */
  get isFlat(): boolean {
    if ((this.info & structFlag.parentSub) !== 0 || this.parentClock !== noClock) return false
    const ref = this.info & 31
    return ref !== structRef.format && ref !== structRef.type && ref !== structRef.document
  }

  /**
   * Passes over the struct with this id.
   * @returns its length in clocks, 0 when something was wrong or it is empty
   */
  readStruct(client: number, clock: number): number {
    const info = this.byte()
    this.info = info
    const ref = info & 31
    this.originClock = noClock
    this.rightClock = noClock
    this.parentClock = noClock
    this.rootFrom = 0
    if (ref !== structRef.gc && ref !== structRef.skip) this.#readReferences(info, client, clock)
    else if (info !== ref) this.fail('content') // Yjs's two readers differ on a Skip with flags.
    this.contentFrom = this.at
    const length = this.#readContent(ref)
    if (this.fault !== undefined) return 0
    if (length === 0) return this.takesEmpty ? 0 : this.fail('empty-struct')
    return length > clockMax - clock ? this.fail('clock') : length
  }

  #readReferences(info: number, client: number, clock: number): void {
    if ((info & structFlag.origin) !== 0) {
      this.originClient = this.uint()
      this.originClock = this.#referredClock(this.originClient, client, clock)
    }
    if ((info & structFlag.rightOrigin) !== 0) {
      this.rightClient = this.uint()
      this.rightClock = this.#referredClock(this.rightClient, client, clock)
    }
    if ((info & structFlag.references) !== 0) return
    // Without a neighbour to copy it from, the parent is written out.
    const named = this.uint()
    if (named === 1) {
      this.text()
      this.rootFrom = this.textFrom
      this.rootTo = this.at
    } else if (named === 0) {
      this.parentClient = this.uint()
      this.parentClock = this.#referredClock(this.parentClient, client, clock)
    } else this.fail('content')
    if ((info & structFlag.parentSub) !== 0) this.text()
  }

  /** The clock of a reference. Yjs throws on one to the struct's own client that is not past. */
  #referredClock(referred: number, client: number, clock: number): number {
    const referredClock = this.uint()
    if (referredClock >= clockMax) this.fail('clock')
    if (referred === client && referredClock >= clock) this.fail('reference')
    return referredClock
  }

  #readContent(ref: number): number {
    switch (ref) {
      case structRef.string:
        return this.text()
      case structRef.gc:
      case structRef.skip:
      case structRef.deleted:
        return this.uint()
      case structRef.any:
        return this.#readElements(skipAny)
      case structRef.format:
        this.text()
        skipJsonText(this, this.depthMax)
        return 1
      case structRef.embed:
        skipJsonText(this, this.depthMax)
        return 1
      case structRef.type:
        return this.#readType()
      case structRef.binary:
        this.skip(this.uint())
        return 1
      case structRef.document:
        this.text()
        skipOptions(this, this.depthMax)
        return 1
      case structRef.json:
        return this.#readElements(skipJsonElement)
      default:
        return this.fail('content')
    }
  }

  #readElements(skipElement: (cursor: UpdateCursor, depth: number) => void): number {
    const count = this.uint()
    // Each element takes a byte at least: a huge count costs nothing.
    if (count > this.end - this.at) return this.fail('truncated')
    for (let i = 0; i < count && this.fault === undefined; i++) skipElement(this, this.depthMax)
    return count
  }

  #readType(): number {
    const type = this.uint()
    if (type > typeRef.last) this.fail('content')
    else if (type === typeRef.xmlElement || type === typeRef.xmlHook) this.text()
    return 1
  }
}
