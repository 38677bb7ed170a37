import type { SourceRun } from '../clocks/runs.ts'
import { Section } from '../section.ts'
import { noClock, StructCursor } from './struct.ts'

/** The structs of one client, taken one after the other into one section after the other. */
export class ClientSource {
  readonly client: number
  readonly #runs: readonly SourceRun[]
  readonly #cursor = new StructCursor()
  #run: SourceRun | undefined
  #runsEntered = 0
  #clock = 0
  /** Length in clocks of the next struct, and the offset of its first byte. */
  #length = 0
  #from = 0
  #section: Section
  /** What was taken of the run and is not in the section yet. */
  #taken = { start: 0, from: 0, count: 0 }

  /** @param runs of this client, ascending, apart; at least one */
  constructor(client: number, runs: readonly SourceRun[]) {
    this.client = client
    this.#runs = runs
    this.#cursor.depthMax = Infinity
    this.#section = new Section(client)
    this.#enterRun()
  }

  /** Clock of the next struct, Infinity behind the last. */
  get clock(): number {
    return this.#clock
  }

  /** The source that has to give up to which clock before the next struct can be applied. */
  waitsFor(sources: ReadonlyMap<number, ClientSource>): Wait | undefined {
    const cursor = this.#cursor
    return (
      this.#wait(sources, cursor.originClient, cursor.originClock) ??
      this.#wait(sources, cursor.rightClient, cursor.rightClock) ??
      this.#wait(sources, cursor.parentClient, cursor.parentClock)
    )
  }

  #wait(
    sources: ReadonlyMap<number, ClientSource>,
    client: number,
    clock: number,
  ): Wait | undefined {
    if (clock === noClock || client === this.client) return undefined
    const source = sources.get(client)
    return source !== undefined && source.clock <= clock ? { source, clock } : undefined
  }

  /** Takes the next struct. @returns the length of its bytes, 0 behind the last */
  take(): number {
    const run = this.#run
    if (run === undefined) return 0
    const size = this.#cursor.at - this.#from
    this.#clock += this.#length
    this.#taken.count++
    if (this.#clock < run.end) this.#read()
    else {
      this.#keep(run, run.to)
      this.#enterRun()
    }
    return size
  }

  /** What was taken since the last section. */
  closeSection(): Section {
    if (this.#run !== undefined) this.#keep(this.#run, this.#from)
    const section = this.#section
    this.#section = new Section(this.client)
    return section
  }

  #keep(run: SourceRun, to: number): void {
    const { start, from, count } = this.#taken
    if (count > 0) this.#section.add(start, this.#clock, count, run.bytes.subarray(from, to))
    this.#taken = { start: this.#clock, from: to, count: 0 }
  }

  #enterRun(): void {
    const run = this.#runs[this.#runsEntered++]
    this.#run = run
    this.#clock = run?.start ?? Infinity
    if (run === undefined) return
    this.#cursor.start(run.bytes, run.from, run.to)
    this.#taken = { start: run.start, from: run.from, count: 0 }
    this.#read()
  }

  #read(): void {
    this.#from = this.#cursor.at
    this.#length = this.#cursor.readStruct(this.client, this.#clock)
  }
}

/** A source and the clock that it has to give. */
export interface Wait {
  readonly source: ClientSource
  readonly clock: number
}
