import { nameOf } from '../panels/face.ts'
import type { PanelParts } from '../panels/panel.ts'
import { piece } from '../panels/piece.ts'
import type { Comment, Thread } from './thread.ts'

/** Tells the page, and those who listen to a screen reader, what comes in comments. */
export class News {
  readonly #place = piece('p', 'unseen')
  readonly #parts: PanelParts
  readonly #me: () => string | null
  #known: ReadonlySet<string> | undefined

  /** @param me id of who is here, whose own comments are no news to them */
  constructor(parts: PanelParts, me: () => string | null) {
    this.#parts = parts
    this.#me = me
    this.#place.role = 'status'
    parts.place.append(this.#place)
  }

  /** What is there when it begins is no news. */
  tell(threads: readonly Thread[]): void {
    const known = this.#known
    const all = threads.flatMap((thread) => thread.comments.map(({ id }) => `${thread.id} ${id}`))
    this.#known = new Set(all)
    if (known === undefined) return
    for (const thread of threads) {
      for (const comment of thread.comments) {
        if (!known.has(`${thread.id} ${comment.id}`)) this.#tellOf(thread, comment)
      }
    }
  }

  close(): void {
    this.#place.remove()
  }

  #tellOf(thread: Thread, { by, id, mentions, text }: Comment): void {
    const detail = { thread: thread.id, comment: id, quote: thread.anchor.quote, text, by }
    const me = this.#me()
    this.#parts.say('comment', detail)
    if (by?.id === me) return
    const isMeant = me !== null && mentions.includes(me)
    if (isMeant) this.#parts.say('mention', detail)
    const what = isMeant ? 'mentioned you in a comment' : 'commented'
    this.#place.textContent = `${nameOf(by)} ${what}: ${text}`
  }
}
