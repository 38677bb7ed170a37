import { steps } from '../base/steps.ts'
import { OnceEach } from './clocks/clients.ts'
import { DependencyTable } from './clocks/dependencies.ts'
import { clockMax, formatLimits, updateFault } from './fault.ts'
import type { UpdateFault, UpdateFaultKind, UpdateLimits } from './fault.ts'
import { Pool } from './bytes/pool.ts'
import { RootNames } from './root-names.ts'
import { StructRuns } from './clocks/runs.ts'
import type { DeleteRange, StructRun } from './clocks/runs.ts'
import { isHollow, StructCursor, structRef } from './bytes/struct.ts'

const noBytes = new Uint8Array(0)

/**
 * Reads a Yjs V1 update once from front to end, applies nothing and, after it has warmed up,
 * allocates nothing. One scan is used for every update; what it found can be read until the
 * next `scan`, and the objects it hands out are used again by then.
 */
export class UpdateScan {
  readonly #cursor = new StructCursor()
  readonly #runs = new StructRuns()
  readonly #deletes = new Pool<DeleteRange>(() => ({ client: 0, clock: 0, length: 0 }))
  readonly #rootNames = new RootNames()
  readonly #dependencies = new DependencyTable()
  readonly #once = new OnceEach()
  readonly #takesIrregular: boolean
  readonly #notesReferences: boolean
  #bytes: Uint8Array = noBytes
  #limits = formatLimits
  /** Which half is being read, and what of it is still to come. */
  #part: 'structs' | 'deletes' = 'structs'
  #clientsLeft = 0
  /** Structs, or ranges, that may still come of all clients. */
  #allowed = 0
  /** Structs, or ranges, of the client that is being read. */
  #left = 0
  #client = 0
  #clock = 0
  #run: StructRun | undefined
  #structCount = 0
  #clientCount = 0
  #deletesFrom = 0
  #isFlat = true

  /**
   * @param kind `irregular` takes also what Yjs takes and `regularUpdate` puts in order; `clocks`
   *   notes runs and deletes alone, which may be taken while it reads
   */
  constructor(kind: 'regular' | 'irregular' | 'clocks' = 'regular') {
    this.#takesIrregular = kind === 'irregular'
    this.#notesReferences = kind !== 'clocks'
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
    return this.#rootNames.byteLength
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

  /** Whether it holds only text and lists at the root, without marks and types in them. */
  get isFlat(): boolean {
    return this.#isFlat
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
    return this.#rootNames.read(this.#bytes, index)
  }

  /**
   * The clock behind the last struct of a client here, 0 without one. Each client is told in the
   * same time, however many there are.
   */
  endOf(client: number): number {
    return this.#runs.ends().get(client) ?? 0
  }

  /**
   * Reads an update.
   * @param bytes the V1 update; any bytes, never throws
   * @param from where in the bytes it begins; offsets that are told count from their front
   * @returns what is wrong with it, undefined when it is whole and sound. After a fault the
   *   results are not to be read.
   */
  scan(bytes: Uint8Array, limits: UpdateLimits, from = 0): UpdateFault | undefined {
    this.begin(bytes, limits, from)
    this.goOn(Infinity)
    return this.fault
  }

  /** Begins to read an update as `scan` does; `goOn` reads it. */
  begin(bytes: Uint8Array, limits: UpdateLimits, from = 0): void {
    this.#runs.clear()
    this.#deletes.clear()
    this.#rootNames.clear()
    this.#dependencies.clear()
    this.#structCount = 0
    this.#isFlat = true
    this.#limits = limits
    this.#bytes = bytes
    this.#run = undefined
    const cursor = this.#cursor
    cursor.start(bytes, from, bytes.length)
    cursor.depthMax = limits.depthMax
    if (bytes.length - from > limits.bytesMax) cursor.fail('too-large')
    // A client takes three bytes at least, a struct two: huge counts cost nothing.
    this.#clientCount = this.#readCount(limits.clientsMax, 3, 'too-many-clients')
    this.#part = 'structs'
    this.#clientsLeft = this.#clientCount
    this.#allowed = limits.structsMax
    this.#left = 0
    this.#once.clear()
  }

  /**
   * Reads on until about so many bytes were read.
   * @returns whether it has come to the end, or to a fault
   */
  goOn(bytesMost: number): boolean {
    const cursor = this.#cursor
    const pause = cursor.at + bytesMost
    while (cursor.fault === undefined) {
      if (cursor.at >= pause) return false
      if (this.#left > 0 && this.#part === 'structs') this.#readStructs(pause)
      else if (this.#left > 0) this.#readRanges(pause)
      else if (this.#clientsLeft > 0) this.#enterClient()
      else if (this.#part === 'structs') this.#enterDeletes()
      else {
        this.#conclude()
        break
      }
    }
    return true
  }

  /** Forgets the runs and ranges found so far: what is read next begins others. */
  dropFound(): void {
    this.#runs.clear()
    this.#deletes.clear()
    this.#run = undefined
  }

  /** What was found wrong so far. */
  get fault(): UpdateFault | undefined {
    const { fault } = this.#cursor
    return fault === undefined ? undefined : updateFault(fault)
  }

  #enterClient(): void {
    const cursor = this.#cursor
    this.#clientsLeft--
    const isStructs = this.#part === 'structs'
    // A delete set names the client before the count, structs behind it.
    if (!isStructs) this.#client = cursor.uint()
    const tooMany = isStructs ? 'too-many-structs' : 'too-many-deletes'
    const count = this.#readCount(this.#allowed, 2, tooMany)
    this.#allowed -= count
    this.#left = count
    this.#run = undefined
    if (isStructs) {
      this.#client = cursor.uint()
      this.#clock = cursor.uint()
      if (this.#clock > clockMax) cursor.fail('clock')
    }
    if (!this.#once.admit(this.#client) && !this.#takesIrregular) cursor.fail('client-twice')
  }

  #enterDeletes(): void {
    this.#part = 'deletes'
    this.#deletesFrom = this.#cursor.at
    this.#clientsLeft = this.#readCount(this.#limits.clientsMax, 2, 'too-many-clients')
    this.#allowed = this.#limits.deletesMax
    this.#once.clear()
  }

  #conclude(): void {
    const cursor = this.#cursor
    if (cursor.at !== cursor.end) cursor.fail('left-over')
    else if (this.#runs.count > 1 && this.#dependencies.count > 0) {
      this.#dependencies.settle(this.#runs.ends())
    }
  }

  #readStructs(pause: number): void {
    const cursor = this.#cursor
    const client = this.#client
    const bytes = this.#bytes
    let run = this.#run
    let clock = this.#clock
    let left = this.#left
    while (left > 0 && cursor.at < pause) {
      const from = cursor.at
      const length = cursor.readStruct(client, clock)
      if (cursor.fault !== undefined) return
      if (length === 0 || cursor.info === structRef.skip) {
        run = undefined
      } else {
        run ??= this.#runs.add(client, clock, from)
        run.end = clock + length
        run.count++
        run.to = cursor.at
        this.#structCount++
        if (isHollow(cursor.info)) run.hollow++
        if (!cursor.isFlat) this.#isFlat = false
        if (this.#notesReferences) {
          this.#dependencies.noteStruct(cursor, client)
          if (cursor.rootFrom !== 0) this.#rootNames.note(bytes, cursor.rootFrom, cursor.rootTo)
        }
      }
      clock += length
      left--
    }
    steps.taken += this.#left - left
    this.#run = run
    this.#clock = clock
    this.#left = left
  }

  #readRanges(pause: number): void {
    const cursor = this.#cursor
    const client = this.#client
    let left = this.#left
    while (left > 0 && cursor.at < pause && cursor.fault === undefined) {
      left--
      const clock = cursor.uint()
      const length = cursor.uint()
      if (clock > clockMax || length > clockMax - clock) cursor.fail('clock')
      else if (length === 0 && !this.#takesIrregular) cursor.fail('empty-delete')
      if (length === 0) continue
      const range = this.#deletes.add()
      range.client = client
      range.clock = clock
      range.length = length
    }
    steps.taken += this.#left - left
    this.#left = left
  }

  /** A count that the bytes left can hold, at so many bytes each, and the limit allows. */
  #readCount(max: number, bytesEach: number, fault: UpdateFaultKind): number {
    const cursor = this.#cursor
    const count = cursor.uint()
    if (count > (cursor.end - cursor.at) / bytesEach) return cursor.fail('truncated')
    return count > max ? cursor.fail(fault) : count
  }
}
