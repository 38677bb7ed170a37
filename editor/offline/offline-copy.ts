import { ObservableV2 } from 'lib0/observable'
import * as Y from 'yjs'
import type { Granted } from 'ytopic/granted'
import { Copies, noRow } from './copies.ts'
import type { Copy } from './database.ts'
import { earlierIn } from './earlier.ts'
import type { Followed } from './followed.ts'
import { lead } from './lead.ts'
import type { EarlierCopy, OfflineEvents, OfflineOptions } from './options.ts'
import { persist } from './persist.ts'
import { isLocked } from './sealing.ts'
import { Turns } from './turns.ts'
import { Waiting } from './waiting.ts'
import { wordsFor } from './words.ts'

/** So many rows are folded into the snapshot. */
const rowsMax = 64
/** How long a device that took nothing is left alone. */
const againAfterMs = 5_000

/**
 * Keeps a document on this device, in IndexedDB: for all tabs of one person, and nobody else. What
 * is kept is in the document again when the page is opened, whether the server is there or not.
 */
export class OfflineCopy extends ObservableV2<OfflineEvents> {
  /** Resolves when what the device had is in the document. */
  readonly ready: Promise<void>
  readonly #doc: Y.Doc
  readonly #copies: Copies
  readonly #channel: BroadcastChannel
  readonly #turns = new Turns()
  /** With how each is let go. */
  readonly #followed = new Map<Followed, () => void>()
  readonly #resign: () => void
  #copy: Copy | undefined
  /** The last row that is in the document. */
  #seen = noRow
  readonly #waiting = new Waiting()
  /** What others write is kept by one tab of them all. */
  #leads = false
  #hasSkipped = false
  /** What the server has said in this tab. */
  #granted: Granted | undefined
  #problem: string | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #isOver = false
  #told = ''

  /** See `keepOffline`. */
  constructor(doc: Y.Doc, { server, document, person = '', key }: OfflineOptions) {
    super()
    const place = JSON.stringify([server, document, person])
    this.#doc = doc
    this.#copies = new Copies(place, key)
    // Only that something was kept is said on it, and only to the same person.
    this.#channel = new BroadcastChannel(`ytopic-offline ${place}`)
    this.#channel.onmessage = () => this.#do(this.#catchUp)
    doc.on('update', this.#note)
    doc.on('destroy', this.#onDestroy)
    this.ready = this.#turns.next(this.#load).catch(this.#fail)
    this.#resign = lead(`ytopic-offline ${place}`, this.#lead)
  }

  /** Whether all that this tab holds is on the device. Only then it may be called kept. */
  get kept(): boolean {
    return this.#copy !== undefined && this.#waiting.isEmpty && this.#problem === undefined
  }

  /** How many edits of this device, all tabs together, are not known to be on the server's disk. */
  get pending(): number {
    return (this.#copy?.pending ?? 0) + this.#waiting.edits
  }

  /** What the server has let the person do when it was last there. */
  get access(): Granted['access'] | undefined {
    return this.#copy?.access
  }

  /** Why nothing is kept at the moment, in words for people. */
  get problem(): string | undefined {
    return this.#problem
  }

  /**
   * Follows a connection of the document: learns what is on the server's disk, and that the
   * document was made anew or deleted. Call it in the turn in which the provider is made.
   * @returns the function that ends it, for a connection that is given up for another
   */
  follow(followed: Followed): () => void {
    const unlisten = followed.listen({
      granted: this.#hear,
      deleted: () =>
        this.#do(async () => {
          await this.#discard()
          this.emit('deleted', [])
          this.destroy()
        }),
      saved: () => {
        if (followed.saved) this.#do(this.#acknowledge)
      },
    })
    this.#followed.set(followed, unlisten)
    return () => {
      this.#followed.delete(followed)
      unlisten()
    }
  }

  /** The copies of lives before, the latest first. */
  earlier(): Promise<readonly EarlierCopy[]> {
    return earlierIn(this.#copies)
  }

  /** Discards the copy in use. What this tab holds stays in it, and is kept no more. */
  async forget(): Promise<void> {
    await this.#turns.next(() => this.#discard())
    this.destroy()
  }

  /** Keeps no more, once what was written is kept; idempotent. */
  override destroy(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#doc.off('update', this.#note)
    this.#doc.off('destroy', this.#onDestroy)
    clearTimeout(this.#again)
    this.#do(this.#write)
    this.#do(async () => {
      this.#channel.close()
      this.#resign()
      for (const unlisten of this.#followed.values()) unlisten()
    })
    super.destroy()
  }

  readonly #onDestroy = (): void => this.destroy()

  readonly #note = (
    update: Uint8Array,
    origin: unknown,
    { clientID }: Y.Doc,
    { afterState, beforeState }: Y.Transaction,
  ): void => {
    if (origin === this) return
    const isReceived = this.#any((followed) => followed.origin === origin)
    // An observer may write while a provider brings something.
    const isOwn = !isReceived || beforeState.get(clientID) !== afterState.get(clientID)
    if (!isOwn && !this.#leads) {
      this.#hasSkipped = true
      return
    }
    this.#waiting.add(update, isOwn)
    this.#tell()
    // What comes while the device has not answered is kept together: later turns find nothing.
    this.#do(this.#write)
  }

  /** Does one thing after the other; a turn that fails is tried again after a while. */
  #do(work: () => Promise<void>): void {
    this.#turns.next(work).catch(this.#fail)
  }

  readonly #fail = (error: unknown): void => {
    this.#problem = wordsFor(error)
    if (!this.#isOver) {
      this.#again ??= setTimeout(() => {
        this.#again = undefined
        this.#do(this.#copy === undefined ? this.#load : this.#write)
      }, againAfterMs)
    }
    this.#tell()
  }

  /** Takes into the document what the device has. */
  readonly #load = async (): Promise<void> => {
    // The document has nothing of a copy yet: it goes on with a new one for another life.
    const granted = this.#granted
    const copy = await (granted ? this.#copies.name(granted) : this.#copies.current())
    this.#copy = await this.#read(copy).catch((error: unknown) => {
      if (!isLocked(error)) throw error
      return this.#copies.setAside(copy)
    })
    this.#problem = undefined
    await this.#adopt()
    this.#tell()
    this.#do(this.#write)
  }

  /** Takes into the document what other tabs have kept since. */
  readonly #catchUp = async (): Promise<void> => {
    if (this.#copy === undefined) return
    this.#copy = await this.#read(this.#copy)
    this.#tell()
    await this.#fold()
    await this.#acknowledge()
  }

  async #read({ life }: Copy): Promise<Copy> {
    const { copy, updates } = await this.#copies.beyond(life, this.#seen)
    this.#seen = copy.last
    if (updates.length > 0) {
      const apply = (): void => updates.forEach((update) => Y.applyUpdate(this.#doc, update, this))
      this.#doc.transact(apply, this)
    }
    return copy
  }

  readonly #write = async (): Promise<void> => {
    const copy = this.#copy
    if (copy === undefined || this.#waiting.isEmpty) return
    const { done, edits, update } = this.#waiting.all()
    const kept = await this.#copies.append(copy, update, edits)
    done()
    this.#problem = undefined
    // Rows of other tabs that lie before this one are still to be read.
    if (kept.last === this.#seen + 1) this.#seen = kept.last
    this.#copy = kept.last === this.#seen ? kept : await this.#read(kept)
    this.#say()
    await this.#fold()
    await this.#acknowledge()
    if (this.pending > 0) persist()
  }

  /** Puts all into one snapshot, in the tab that leads, when there is enough to be folded. */
  readonly #fold = async (): Promise<void> => {
    const copy = this.#copy
    if (copy === undefined || !this.#leads) return
    if (!this.#hasSkipped && copy.last - copy.folded < rowsMax) return
    this.#hasSkipped = false
    const snapshot = Y.encodeStateAsUpdate(this.#doc)
    this.#copy = await this.#read(await this.#copies.fold(copy, snapshot, this.#seen))
  }

  readonly #acknowledge = async (): Promise<void> => {
    const copy = this.#copy
    if (copy === undefined || copy.pending === 0 || !this.#waiting.isEmpty) return
    if (!this.#any(({ saved }) => saved)) return
    const vector = Y.encodeStateVector(this.#doc)
    this.#copy = await this.#copies.acknowledge(copy, this.#seen, vector)
    this.#say()
  }

  /** The server says of which life the document is, before it says anything of that life. */
  readonly #hear = (granted: Granted): void => {
    if (this.#isOver) return
    this.#granted = granted
    const { incarnation } = granted
    const known = this.#copy?.incarnation
    const isOther = known !== undefined && incarnation !== undefined && known !== incarnation
    const isNothing = this.#copy?.last === 0 && this.#doc.store.clients.size === 0
    if (!isOther || isNothing) return this.#do(this.#adopt)
    // Nothing of the one may be merged into the other, in neither direction.
    for (const followed of this.#followed.keys()) followed.stop()
    this.#do(this.#replace)
  }

  /** The copy is of the life that the server has told. */
  readonly #adopt = async (): Promise<void> => {
    if (this.#copy === undefined || this.#granted === undefined) return
    const copy = await this.#copies.name(this.#granted)
    // Another tab may have found another life meanwhile.
    if (copy.life !== this.#copy.life) return this.#replace()
    this.#copy = copy
  }

  readonly #replace = async (): Promise<void> => {
    await this.#write()
    if (this.#granted !== undefined) await this.#copies.name(this.#granted)
    this.emit('replaced', [])
    this.destroy()
  }

  async #discard(): Promise<void> {
    this.#waiting.all().done()
    if (this.#copy !== undefined) await this.#copies.discard(this.#copy)
    this.#copy = undefined
  }

  readonly #lead = (): void => {
    this.#leads = true
    if (this.#hasSkipped) this.#do(this.#fold)
  }

  #any(is: (followed: Followed) => boolean): boolean {
    return [...this.#followed.keys()].some(is)
  }

  /** Tells the other tabs that there is something new, and the page. */
  #say(): void {
    this.#channel.postMessage('kept')
    this.#tell()
  }

  #tell(): void {
    const told = JSON.stringify([this.kept, this.pending, this.problem])
    if (told === this.#told) return
    this.#told = told
    this.emit('change', [])
  }
}
