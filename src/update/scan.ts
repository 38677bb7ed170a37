import { OnceEach } from './clients.ts'
import { DependencyTable } from './dependencies.ts'
import { clockMax, updateFault } from './fault.ts'
import type { UpdateFault, UpdateFaultKind, UpdateLimits } from './fault.ts'
import { Pool } from './pool.ts'
import { noClock, StructCursor, structRef } from './struct.ts'

/** Structs of one client that follow each other without a Skip. */
export interface StructRun {
  client: number
  /** Clock of its first struct. */
  start: number
  /** Clock behind its last struct. */
  end: number
  /** Structs in it. */
  count: number
  /** Offset of its first struct's first byte. */
  from: number
  /** Offset behind its last struct. */
  to: number
}

/** Clocks of one client that are deleted. */
export interface DeleteRange {
  client: number
  clock: number
  /** More than 0. */
  length: number
}

/** Where the name of a root type stands. */
interface RootName {
  from: number
  to: number
}

const newRun = (): StructRun => ({ client: 0, start: 0, end: 0, count: 0, from: 0, to: 0 })
const noBytes = new Uint8Array(0)
const textDecoder = new TextDecoder()

/**
 * Reads a Yjs V1 update once from front to end, applies nothing and, after it has warmed up,
 * allocates nothing. One scan is used for every update; what it found can be read until the
 * next `scan`, and the objects it hands out are used again by then.
 */
export class UpdateScan {
  readonly #cursor = new StructCursor()
  readonly #runs = new Pool(newRun)
  readonly #deletes = new Pool<DeleteRange>(() => ({ client: 0, clock: 0, length: 0 }))
  readonly #rootNames = new Pool<RootName>(() => ({ from: 0, to: 0 }))
  readonly #dependencies = new DependencyTable()
  readonly #once = new OnceEach()
  readonly #takesIrregular: boolean
  #bytes: Uint8Array = noBytes
  #structCount = 0
  #clientCount = 0
  #deletesFrom = 0
  #rootNameBytes = 0
  #hasFormatting = false

  /** @param takes `irregular`: also what Yjs takes and `regularUpdate` puts in order */
  constructor(takes: 'regular' | 'irregular' = 'regular') {
    this.#takesIrregular = takes === 'irregular'
    this.#cursor.takesEmpty = this.#takesIrregular
  }

  /** Runs found, in the order of the bytes: by client, by clock within a client. */
  get runCount(): number {
    return this.#runs.count
  }

  /** Delete ranges found, in the order of the bytes: each client's together. */
  get deleteCount(): number {
    return this.#deletes.count
  }

  /** Clients that the structs refer to and that this update itself does not satisfy. */
  get dependencyCount(): number {
    return this.#dependencies.count
  }

  /** Root names found; a name that is not repeated at once can be counted more than once. */
  get rootNameCount(): number {
    return this.#rootNames.count
  }

  /** Bytes of the root names found. */
  get rootNameBytes(): number {
    return this.#rootNameBytes
  }

  /** Structs of all clients, Skips left out. */
  get structCount(): number {
    return this.#structCount
  }

  /** Clients with structs. */
  get clientCount(): number {
    return this.#clientCount
  }

  /** Offset at which the delete set begins. */
  get deletesFrom(): number {
    return this.#deletesFrom
  }

  /** Whether any struct is a formatting mark of rich text. */
  get hasFormatting(): boolean {
    return this.#hasFormatting
  }

  /** One run. @throws RangeError when there is none of this index */
  run(index: number): Readonly<StructRun> {
    return this.#runs.item(index)
  }

  /** One delete range. @throws RangeError when there is none of this index */
  deleteRange(index: number): Readonly<DeleteRange> {
    return this.#deletes.item(index)
  }

  /**
   * One client that the update waits for: applicable once the state of `client` is beyond
   * `clock`, the greatest that is referred to. Each client occurs once.
   * @throws RangeError when there is none of this index
   */
  dependency(index: number): Readonly<{ client: number; clock: number }> {
    return this.#dependencies.item(index)
  }

  /** One name of a root type. @throws RangeError when there is none of this index */
  rootName(index: number): string {
    const { from, to } = this.#rootNames.item(index)
    return textDecoder.decode(this.#bytes.subarray(from, to))
  }

  /**
   * Reads an update.
   * @param bytes the V1 update; any bytes, never throws
   * @param from where in the bytes it begins; offsets that are told count from their front
   * @returns what is wrong with it, undefined when it is whole and sound. After a fault the
   *   results are not to be read.
   */
  scan(bytes: Uint8Array, limits: UpdateLimits, from = 0): UpdateFault | undefined {
    this.#runs.clear()
    this.#deletes.clear()
    this.#rootNames.clear()
    this.#dependencies.clear()
    this.#structCount = 0
    this.#rootNameBytes = 0
    this.#hasFormatting = false
    if (bytes.length - from > limits.bytesMax) return updateFault('too-large')
    this.#bytes = bytes
    const cursor = this.#cursor
    cursor.start(bytes, from, bytes.length)
    cursor.depthMax = limits.depthMax
    this.#readClients(limits)
    if (cursor.fault !== undefined) return updateFault(cursor.fault)
    this.#deletesFrom = cursor.at
    this.#readDeletes(limits)
    if (cursor.fault !== undefined) return updateFault(cursor.fault)
    if (cursor.at !== bytes.length) return updateFault('left-over')
    if (this.#runs.count > 1 && this.#dependencies.count > 0) {
      this.#dependencies.settle(this.#runs)
    }
    return undefined
  }

  #readClients(limits: UpdateLimits): void {
    const cursor = this.#cursor
    // A client takes three bytes at least, a struct two: huge counts cost nothing.
    const count = this.#readCount(limits.clientsMax, 3, 'too-many-clients')
    this.#clientCount = count
    let structsLeft = limits.structsMax
    this.#once.clear()
    for (let i = 0; i < count; i++) {
      const structs = this.#readCount(structsLeft, 2, 'too-many-structs')
      structsLeft -= structs
      const client = cursor.uint()
      const clock = cursor.uint()
      if (!this.#once.admit(client) && !this.#takesIrregular) cursor.fail('client-twice')
      if (clock > clockMax) cursor.fail('clock')
      if (cursor.fault !== undefined) return
      this.#readStructs(client, clock, structs)
      if (cursor.fault !== undefined) return
    }
  }

  #readStructs(client: number, startClock: number, count: number): void {
    const cursor = this.#cursor
    let run: StructRun | undefined
    let clock = startClock
    for (let i = 0; i < count; i++) {
      const from = cursor.at
      const length = cursor.readStruct(client, clock)
      if (cursor.fault !== undefined) return
      if (length === 0 || cursor.info === structRef.skip) {
        run = undefined
      } else {
        run ??= this.#startRun(client, clock, from)
        run.end = clock + length
        run.count++
        run.to = cursor.at
        this.#structCount++
        if ((cursor.info & 31) === structRef.format) this.#hasFormatting = true
        this.#noteReferences(client)
      }
      clock += length
    }
  }

  #startRun(client: number, clock: number, from: number): StructRun {
    const run = this.#runs.add()
    run.client = client
    run.start = clock
    run.count = 0
    run.from = from
    return run
  }

  #noteReferences(client: number): void {
    const cursor = this.#cursor
    if (cursor.originClock !== noClock && cursor.originClient !== client) {
      this.#dependencies.note(cursor.originClient, cursor.originClock)
    }
    if (cursor.rightClock !== noClock && cursor.rightClient !== client) {
      this.#dependencies.note(cursor.rightClient, cursor.rightClock)
    }
    if (cursor.parentClock !== noClock && cursor.parentClient !== client) {
      this.#dependencies.note(cursor.parentClient, cursor.parentClock)
    }
    if (cursor.rootFrom !== 0) this.#noteRoot(cursor.rootFrom, cursor.rootTo)
  }

  #noteRoot(from: number, to: number): void {
    const names = this.#rootNames
    if (names.count > 0) {
      const last = names.item(names.count - 1)
      if (equalBytes(this.#bytes, last.from, last.to, from, to)) return
    }
    const name = names.add()
    name.from = from
    name.to = to
    this.#rootNameBytes += to - from
  }

  #readDeletes(limits: UpdateLimits): void {
    const cursor = this.#cursor
    const count = this.#readCount(limits.clientsMax, 2, 'too-many-clients')
    let rangesLeft = limits.deletesMax
    this.#once.clear()
    for (let i = 0; i < count; i++) {
      const client = cursor.uint()
      const ranges = this.#readCount(rangesLeft, 2, 'too-many-deletes')
      rangesLeft -= ranges
      if (!this.#once.admit(client) && !this.#takesIrregular) cursor.fail('client-twice')
      for (let j = 0; j < ranges && cursor.fault === undefined; j++) this.#readRange(client)
      if (cursor.fault !== undefined) return
    }
  }

  #readRange(client: number): void {
    const cursor = this.#cursor
    const clock = cursor.uint()
    const length = cursor.uint()
    if (clock > clockMax || length > clockMax - clock) cursor.fail('clock')
    else if (length === 0 && !this.#takesIrregular) cursor.fail('empty-delete')
    if (length === 0) return
    const range = this.#deletes.add()
    range.client = client
    range.clock = clock
    range.length = length
  }

  /** A count that the bytes left can hold, at so many bytes each, and the limit allows. */
  #readCount(max: number, bytesEach: number, fault: UpdateFaultKind): number {
    const cursor = this.#cursor
    const count = cursor.uint()
    if (count > (cursor.end - cursor.at) / bytesEach) return cursor.fail('truncated')
    return count > max ? cursor.fail(fault) : count
  }
}

function equalBytes(
  bytes: Uint8Array,
  from: number,
  to: number,
  otherFrom: number,
  otherTo: number,
): boolean {
  if (to - from !== otherTo - otherFrom) return false
  for (let i = 0; i < to - from; i++) if (bytes[from + i] !== bytes[otherFrom + i]) return false
  return true
}
