import { part } from '../frame/part.ts'
import { nameOf } from '../panels/face.ts'
import { icons } from '../panels/icons.ts'
import { arrange, piece, press, pressIcon } from '../panels/piece.ts'
import { CommentComposer } from './comment-composer.ts'
import { type CardParts, commentRow } from './comment-row.ts'
import type { Thread } from './thread.ts'

/** How a thread stands to the text beside it. */
export type Standing = 'found' | 'elsewhere' | 'gone'

/** A thread on a card. */
export class ThreadCard {
  readonly place = part('article', 'thread')
  readonly #parts: CardParts
  readonly #quote: HTMLButtonElement
  readonly #comments = piece('div', 'comments')
  readonly #resolve: HTMLButtonElement
  readonly #composer: CommentComposer
  readonly #rows = new Map<string, { readonly signature: string; readonly row: HTMLElement }>()
  readonly #note = piece('p', 'at')
  #thread: Thread

  /** @param visit somebody wants to see its words */
  constructor(thread: Thread, parts: CardParts, visit: () => void) {
    this.#thread = thread
    this.#parts = parts
    const { attempt, comments, people } = parts
    this.#quote = press('', visit, 'quote')
    this.#quote.title = 'Show it in the text'
    this.#resolve = pressIcon('Resolve', icons.check, () => {
      attempt(comments.resolve(this.#thread, this.#thread.resolved === null))
    })
    this.#composer = new CommentComposer({
      label: 'Reply',
      action: 'Reply',
      people,
      send: (said) => comments.reply(this.#thread, said),
    })
    const head = piece('div', 'thread-head', this.#quote, this.#resolve)
    this.place.append(head, this.#note, this.#comments, this.#composer.place)
    this.place.dataset['thread'] = thread.id
    this.place.tabIndex = -1
  }

  /** Shows it as it is now. */
  show(thread: Thread, standing: Standing, isActive: boolean): void {
    this.#thread = thread
    const { anchor, resolved } = thread
    const { comments } = this.#parts
    this.place.classList.toggle('active', isActive)
    this.place.ariaCurrent = isActive ? 'true' : null
    this.place.ariaLabel = `Comment by ${nameOf(thread.by)} on “${anchor.quote}”`
    const words = piece(standing === 'gone' ? 'del' : 'q', '', anchor.quote)
    if (this.#quote.firstElementChild?.outerHTML !== words.outerHTML) {
      this.#quote.replaceChildren(words)
    }
    this.#quote.disabled = standing !== 'found'
    const label = resolved === null ? 'Resolve' : 'Open again'
    this.#resolve.hidden = !comments.mayResolve(thread)
    this.#resolve.ariaLabel = label
    this.#resolve.title = label
    this.#resolve.ariaPressed = String(resolved !== null)
    this.#note.hidden = resolved === null
    this.#note.textContent = resolved === null ? '' : `Resolved by ${nameOf(resolved.by)}`
    this.#composer.place.hidden = !comments.mayComment || resolved !== null
    this.#showComments(thread)
  }

  #showComments(thread: Thread): void {
    const { comments } = this.#parts
    const rights = [comments.mayComment, comments.me.id]
    const rows = thread.comments.map((comment) => {
      const signature = JSON.stringify([comment, rights])
      const known = this.#rows.get(comment.id)
      // What somebody is changing just then is left to them.
      const isChanging = known?.row.querySelector('form') !== null
      if (known !== undefined && (known.signature === signature || isChanging)) return known.row
      const row = commentRow(thread, comment, this.#parts)
      this.#rows.set(comment.id, { signature, row })
      return row
    })
    arrange(this.#comments, rows)
  }
}
