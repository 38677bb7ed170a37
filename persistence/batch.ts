import { checkDocumentName } from './document-name.ts'
import type { EventType } from './outbox.ts'

/** Who brought an update. */
export interface Author {
  /** Stays the same for one person. */
  readonly id: string
  /** For people to read. */
  readonly name: string | undefined
}

/** What happened by an update: it is told of when that is stored, in the same transaction. */
export interface NewEvent {
  readonly type: EventType
  /** Whose event it is, which need not be the document that is written. */
  readonly document: string
  /** As JSON has it. */
  readonly data: Readonly<Record<string, unknown>>
}

/** An event of a batch, and the index of the document by whose update it happened. */
export interface BatchEvent extends NewEvent {
  readonly by: number
}

/** One document of a batch. */
export interface BatchDocument {
  readonly name: string
  /** Of which epoch it has to be; undefined takes it as it is, unless it is deleted. */
  readonly epoch: number | undefined
}

/** What a batch holds. */
export type BatchParts = Pick<Batch, 'authors' | 'documents' | 'events' | 'records'>

/**
 * Many updates of many documents in one packed buffer, so that handing a batch to another
 * thread costs one message whatever it holds.
 *
 * Record layout, repeated: document index u32 LE, author's place u32 LE (0 for nobody), length
 * u32 LE, bytes.
 * The bytes live in a SharedArrayBuffer: a worker reads them while this side keeps them for
 * a retry, and nothing is copied in between.
 */
export class Batch {
  readonly #documents: BatchDocument[] = []
  readonly #authors: Author[] = []
  readonly #events: BatchEvent[] = []
  readonly #authorPlaces = new Map<Author, number>()
  readonly #indexes = new Map<string, number>()
  #bytes: Uint8Array
  #view: DataView
  #length = 0
  #count = 0
  #last: BatchDocument | undefined
  #lastIndex = 0
  #lastAuthor: Author | undefined
  #lastAuthorPlace = 0

  /** @param capacity bytes to begin with; the batch grows as needed. */
  constructor(capacity = 65_536) {
    const buffer = new SharedArrayBuffer(capacity)
    this.#bytes = new Uint8Array(buffer)
    this.#view = new DataView(buffer)
  }

  /** How many updates it holds. */
  get count(): number {
    return this.#count
  }

  /** How many bytes its records take. */
  get byteLength(): number {
    return this.#length
  }

  /** How many bytes its buffer takes. */
  get capacity(): number {
    return this.#bytes.length
  }

  /** By document index. */
  get documents(): readonly BatchDocument[] {
    return this.#documents
  }

  /** Who brought updates; an author's place is one more than the index. */
  get authors(): readonly Author[] {
    return this.#authors
  }

  /** What happened by its updates, in order. */
  get events(): readonly BatchEvent[] {
    return this.#events
  }

  /** Whether it holds an update of that document. */
  has(document: string): boolean {
    return this.#indexes.has(document)
  }

  /** The packed records. */
  get records(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /**
   * Adds one update of one document (copied), which goes from `at` to the end of the bytes.
   *
   * @param epoch of which epoch the document has to be; undefined takes it as it is
   * @param by who brought it; the same object for the same person keeps the batch small
   * @param events what happened by it
   * @throws StoreError `name` when no store can hold that name; the batch is as it was.
   */
  add(
    document: string,
    bytes: Uint8Array,
    at = 0,
    epoch?: number,
    by?: Author,
    events?: readonly NewEvent[],
  ): void {
    const last = this.#last
    const again = last?.name === document && last.epoch === epoch
    const index = again ? this.#lastIndex : this.#indexOf(document, epoch)
    const author = by === this.#lastAuthor ? this.#lastAuthorPlace : this.#placeOf(by)
    const length = bytes.length - at
    const end = this.#length + recordHeaderBytes + length
    if (end > this.#bytes.length) this.#grow(end)
    this.#view.setUint32(this.#length, index, true)
    this.#view.setUint32(this.#length + 4, author, true)
    this.#view.setUint32(this.#length + 8, length, true)
    copyBytes(bytes, at, this.#bytes, this.#length + recordHeaderBytes)
    this.#length = end
    this.#count++
    if (events !== undefined) {
      for (const event of events) this.#events.push({ ...event, by: index })
    }
  }

  /** Empties the batch and keeps its buffer. Only when nobody reads `records` any more. */
  clear(): void {
    this.#documents.length = 0
    this.#authors.length = 0
    this.#events.length = 0
    this.#authorPlaces.clear()
    this.#indexes.clear()
    this.#length = 0
    this.#count = 0
    this.#last = undefined
    this.#lastAuthor = undefined
    this.#lastAuthorPlace = 0
  }

  #indexOf(name: string, epoch: number | undefined): number {
    let index = this.#indexes.get(name)
    // Of two lives in one batch each has its own place; the later one is written on.
    if (index === undefined || this.#documents[index]?.epoch !== epoch) {
      checkDocumentName(name)
      index = this.#documents.push({ name, epoch }) - 1
      this.#indexes.set(name, index)
    }
    this.#last = this.#documents[index]
    this.#lastIndex = index
    return index
  }

  #placeOf(author: Author | undefined): number {
    this.#lastAuthor = author
    if (author === undefined) return (this.#lastAuthorPlace = 0)
    const place = this.#authorPlaces.get(author) ?? this.#authors.push(author)
    this.#authorPlaces.set(author, place)
    return (this.#lastAuthorPlace = place)
  }

  #grow(least: number): void {
    const buffer = new SharedArrayBuffer(Math.max(least, this.#bytes.length * 2))
    const bytes = new Uint8Array(buffer)
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
    this.#view = new DataView(buffer)
  }
}

/** What an update takes in a batch besides its own bytes. */
export const recordHeaderBytes = 12

/** Up to so many bytes a loop is quicker than a view of them. */
const loopBytesMax = 64

/** Copies the bytes from `at` on to a place in others, which must have room for them. */
export function copyBytes(bytes: Uint8Array, at: number, to: Uint8Array, place: number): void {
  if (bytes.length - at > loopBytesMax) to.set(at === 0 ? bytes : bytes.subarray(at), place)
  else for (let i = at; i < bytes.length; i++) to[place + i - at] = bytes[i] ?? 0
}

/**
 * Walks packed records; `visit` gets the document index, a view of the update's bytes, and the
 * author's place.
 *
 * @throws RangeError when the bytes end within a record
 */
export function eachRecord(
  records: Uint8Array,
  visit: (documentIndex: number, update: Uint8Array, authorPlace: number) => void,
): void {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
  for (let at = 0; at < records.length;) {
    const length = view.getUint32(at + 8, true)
    const start = at + recordHeaderBytes
    const end = start + length
    if (end > records.length) {
      throw new RangeError(`The record at byte ${at} of a batch is cut short.`)
    }
    visit(view.getUint32(at, true), records.subarray(start, end), view.getUint32(at + 4, true))
    at = end
  }
}
