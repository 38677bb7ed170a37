import type { Panel, PanelParts } from '../panels/panel.ts'
import type { Mark, Passage } from '../panels/passages.ts'
import { arrange, piece, press } from '../panels/piece.ts'
import { timesIn } from '../panels/time.ts'
import { anchorAt, findAnchor, passageHere } from './anchor.ts'
import { Bubble } from './bubble.ts'
import { CommentComposer } from './comment-composer.ts'
import type { CardParts } from './comment-row.ts'
import { Comments } from './comments.ts'
import { News } from './news.ts'
import { type Placed, Placing } from './placing.ts'
import { selectByKeys } from './select-by-keys.ts'
import { ThreadCard } from './thread-card.ts'

/** What somebody is about to comment on. */
const draftId = 'draft'

/** The comments on a document: their cards, and their marks in the text. */
export class CommentsPanel implements Panel {
  readonly content: readonly HTMLElement[]
  readonly #parts: PanelParts
  readonly #comments: Comments
  readonly #cards = new Map<string, ThreadCard>()
  readonly #cardParts: CardParts
  readonly #news: News
  readonly #placing = new Placing(() => this.#plan())
  readonly #bubble: Bubble
  readonly #endKeys: () => void
  readonly #add = press('', () => this.#compose(undefined), 'add')
  readonly #words = piece('p', 'refusal')
  readonly #empty = piece('p', 'empty')
  readonly #draftPlace = piece('div', 'draft')
  readonly #list = piece('div', 'threads')
  readonly #goneTitle = piece('h3', '', 'On deleted text')
  readonly #gone = piece('div', 'threads')
  readonly #resolved = piece('details', 'resolved')
  readonly #resolvedTitle = piece('summary', '')
  readonly #resolvedList = piece('div', 'threads')
  #draft: Passage | undefined
  #placed: readonly Placed[] = []
  #active: string | undefined
  #begun: string | undefined
  #frame = 0

  constructor(parts: PanelParts) {
    this.#parts = parts
    this.#words.role = 'alert'
    this.#resolved.append(this.#resolvedTitle, this.#resolvedList)
    const scroll = piece('div', 'scroll', this.#add, this.#draftPlace, this.#empty, this.#list)
    scroll.append(this.#goneTitle, this.#gone, this.#resolved)
    this.content = [this.#words, scroll]
    this.#comments = new Comments(parts, () => this.#plan())
    this.#cardParts = {
      comments: this.#comments,
      times: timesIn(parts.locale),
      people: () => this.#comments.people,
      attempt: (done) => this.#attempt(done),
    }
    this.#news = new News(parts, () => this.#comments.me.id)
    this.#bubble = new Bubble(parts.place.firstElementChild ?? parts.place, {
      box: this.#selectionBox,
      formats: () => parts.passages()?.formats ?? [],
      comment: () => this.#compose(undefined),
      leave: this.#leave,
    })
    this.#endKeys = selectByKeys(parts.host, () => this.#comments.mayComment)
    parts.host.addEventListener('keydown', this.#onKey)
    parts.host.addEventListener('click', this.#onClick)
    scroll.addEventListener('focusin', this.#onFocus)
    this.#plan()
  }

  get count(): number {
    return this.#comments.threads.filter(({ resolved }) => resolved === null).length
  }

  seen(isSeen: boolean): void {
    if (!isSeen || this.#draft !== undefined) return
    this.#cards.get(this.#active ?? '')?.place.scrollIntoView({ block: 'nearest' })
  }

  refresh(): void {
    this.#plan()
  }

  compose(passage: Passage | undefined): void {
    this.#compose(passage)
  }

  close(): void {
    cancelAnimationFrame(this.#frame)
    this.#parts.host.removeEventListener('keydown', this.#onKey)
    this.#parts.host.removeEventListener('click', this.#onClick)
    this.#endKeys()
    this.#bubble.close()
    this.#placing.close()
    this.#news.close()
    this.#comments.close()
  }

  /** Places change with each key: they are looked for once in a frame. */
  #plan(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => this.#show())
  }

  #show(): void {
    const { root } = this.#parts
    const passages = this.#parts.passages()
    const { isThere, mayComment, threads } = this.#comments
    this.#placed = this.#placing.place(threads, passages, root)
    this.#followCaret()
    this.#mark()
    this.#showCards()
    this.#add.hidden = !mayComment || this.#draft !== undefined
    this.#add.disabled = passages === undefined || passageHere(passages) === undefined
    const isSelected = passages?.selected !== undefined
    const offer = isSelected ? 'Comment on the selection' : 'Comment on this paragraph'
    if (this.#add.textContent !== offer) this.#add.textContent = offer
    this.#empty.hidden = !isThere || threads.length > 0 || this.#draft !== undefined
    this.#empty.textContent = mayComment
      ? 'No comments yet. Select some words, and press Comment.'
      : 'No comments yet.'
    this.#bubble.show()
    if (isThere) this.#news.tell(threads)
    this.#parts.counted()
  }

  /** Who stands in commented words sees what was said of them. */
  #followCaret(): void {
    const passages = this.#parts.passages()
    if (passages === undefined || !passages.isFocused) return
    const { caret } = passages
    const at = this.#open.find(
      ({ passage }) => passage !== undefined && passage.from <= caret && caret <= passage.to,
    )
    if (at?.thread.id === this.#active) return
    this.#active = at?.thread.id
    // The card is in its place only after this.
    queueMicrotask(() => {
      this.#cards.get(this.#active ?? '')?.place.scrollIntoView({ block: 'nearest' })
    })
  }

  get #open(): readonly Placed[] {
    return this.#placed.filter(({ thread }) => thread.resolved === null)
  }

  #mark(): void {
    const marks: readonly Mark[] = this.#open.flatMap(({ passage, thread: { id } }) =>
      passage === undefined ? [] : [{ ...passage, id, isActive: id === this.#active }],
    )
    const draft = this.#draft === undefined ? [] : [{ ...this.#draft, id: draftId, isActive: true }]
    this.#parts.passages()?.mark([...marks, ...draft])
  }

  #showCards(): void {
    const { root } = this.#parts
    const isHere = ({ thread }: Placed): boolean => thread.anchor.root === root
    const open = this.#open
    const found = open
      .filter(({ passage }) => passage !== undefined)
      .toSorted((one, other) => (one.passage?.from ?? 0) - (other.passage?.from ?? 0))
    const elsewhere = open.filter((one) => !isHere(one))
    const hasText = this.#parts.passages() !== undefined
    const lost = open.filter((one) => isHere(one) && one.passage === undefined)
    const gone = hasText ? lost : []
    const done = this.#placed.filter(({ thread }) => thread.resolved !== null)
    arrange(
      this.#list,
      [...found, ...elsewhere].map((one) => this.#cardFor(one)),
    )
    arrange(
      this.#gone,
      gone.map((one) => this.#cardFor(one, true)),
    )
    arrange(
      this.#resolvedList,
      done.map((one) => this.#cardFor(one, !isHere(one))),
    )
    this.#goneTitle.hidden = gone.length === 0
    this.#resolved.hidden = done.length === 0
    this.#resolvedTitle.textContent = `Resolved (${done.length})`
    const begun = this.#cards.get(this.#begun ?? '')
    if (begun !== undefined) {
      this.#begun = undefined
      begun.place.focus()
    }
    const kept = new Set(this.#comments.threads.map(({ id }) => id))
    for (const id of this.#cards.keys()) if (!kept.has(id)) this.#cards.delete(id)
  }

  #cardFor({ passage, thread }: Placed, isGone = false): HTMLElement {
    const known = this.#cards.get(thread.id)
    const card = known ?? new ThreadCard(thread, this.#cardParts, () => this.#visit(thread.id))
    this.#cards.set(thread.id, card)
    const isHere = thread.anchor.root === this.#parts.root
    const isFound = passage !== undefined || (isHere && thread.resolved !== null)
    const standing = isFound ? 'found' : isGone ? 'gone' : 'elsewhere'
    card.show(thread, standing, thread.id === this.#active)
    return card.place
  }

  #visit(id: string): void {
    const placed = this.#placed.find(({ thread }) => thread.id === id)
    const passages = this.#parts.passages()
    if (placed === undefined || passages === undefined) return
    const passage = placed.passage ?? findAnchor(passages, placed.thread.anchor)
    this.#active = id
    const isCovered = this.#parts.place.dataset['room'] === 'narrow'
    if (passage !== undefined) passages.reveal(passage, isCovered ? 'start' : 'center')
    this.#plan()
  }

  /** A card that has the keyboard is the one whose words are marked. */
  readonly #onFocus = ({ target }: Event): void => {
    const card = target instanceof Element ? target.closest<HTMLElement>('[data-thread]') : null
    const id = card?.dataset['thread']
    if (id === undefined || id === this.#active) return
    this.#active = id
    this.#plan()
  }

  /** Who presses a mark in the text wants to see what was said. */
  readonly #onClick = ({ target }: Event): void => {
    const mark = target instanceof Element ? target.closest<HTMLElement>('.ytopic-mark') : null
    const id = mark?.dataset['thread']
    if (id === undefined || id === draftId) return
    this.#active = id
    this.#parts.show()
    this.#plan()
  }

  #compose(wanted: Passage | undefined): void {
    const passages = this.#parts.passages()
    const passage = wanted ?? (passages && passageHere(passages))
    if (passages === undefined || passage === undefined || !this.#comments.mayComment) return
    this.#draft = passage
    const anchor = anchorAt(passages, this.#parts.root, passage)
    const end = (): void => {
      this.#draft = undefined
      this.#draftPlace.replaceChildren()
      this.#plan()
    }
    const composer = new CommentComposer({
      label: 'Comment',
      action: 'Comment',
      people: () => this.#comments.people,
      send: async (said) => {
        const before = this.#active
        const id = await this.#comments.create(anchor, said)
        // Who has gone on elsewhere meanwhile stays there.
        if (this.#active === before) this.#active = id
        if (composer.hasFocus) this.#begun = id
        end()
      },
      cancel: () => {
        end()
        passages.select(findAnchor(passages, anchor) ?? passage)
      },
    })
    this.#draftPlace.replaceChildren(piece('q', 'quote', anchor.quote), composer.place)
    this.#parts.show()
    this.#plan()
    composer.focus()
    this.#draftPlace.scrollIntoView({ block: 'nearest' })
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { altKey, code, ctrlKey, metaKey } = event
    if (code !== 'KeyM' || !altKey || !(ctrlKey || metaKey)) return
    event.preventDefault()
    this.#compose(undefined)
  }

  readonly #selectionBox = (): DOMRect | undefined => {
    const passages = this.#parts.passages()
    const selected = passages?.selected
    if (passages === undefined || selected === undefined) return undefined
    const isHere = passages.isFocused || this.#bubble.isFocused
    return isHere && this.#comments.mayComment ? passages.boxOf(selected) : undefined
  }

  /** From the bubble back to what is selected. */
  readonly #leave = (): void => {
    const passages = this.#parts.passages()
    if (passages?.selected !== undefined) passages.select(passages.selected)
  }

  #attempt(done: Promise<void>): void {
    this.#words.textContent = ''
    done.catch((error: unknown) => {
      this.#words.textContent = error instanceof Error ? error.message : String(error)
    })
  }
}
