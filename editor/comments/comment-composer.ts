import type { Author } from '../panels/face.ts'
import { piece, press } from '../panels/piece.ts'
import type { Said } from './comments.ts'
import { Mentions } from './mentions.ts'

/** What a composer is for. */
export interface ComposerParts {
  /** What the field is called, such as "Reply". */
  readonly label: string
  /** What is on the button that sends. */
  readonly action: string
  /** What stands in it. */
  readonly text?: string
  readonly people: () => readonly Author[]
  /** Resolves when it is on the server's disk; rejects when it is refused. */
  readonly send: (said: Said) => Promise<void>
  /** Somebody wants to write nothing; undefined where the field stays. */
  readonly cancel?: () => void
}

/** Where a comment is written: Ctrl+Enter sends it. */
export class CommentComposer {
  readonly place = piece('form', 'composer')
  readonly #parts: ComposerParts
  readonly #field = piece('textarea', '')
  readonly #words = piece('p', 'refusal')
  readonly #send: HTMLButtonElement
  readonly #mentions: Mentions
  readonly #buttons = piece('div', 'buttons')
  #isSending = false

  constructor(parts: ComposerParts) {
    this.#parts = parts
    const field = this.#field
    field.rows = parts.cancel === undefined ? 1 : 3
    field.value = parts.text ?? ''
    field.placeholder = `${parts.label}…`
    field.ariaLabel = parts.label
    this.#words.role = 'alert'
    this.#mentions = new Mentions(field, parts.people)
    this.#send = press(parts.action, () => undefined, 'primary')
    this.#send.type = 'submit'
    this.#send.title = 'Ctrl+Enter'
    if (parts.cancel !== undefined) this.#buttons.append(press('Cancel', parts.cancel))
    this.#buttons.append(this.#send)
    this.place.append(field, this.#mentions.place, this.#words, this.#buttons)
    field.addEventListener('input', () => this.#show())
    field.addEventListener('keydown', this.#onKey)
    this.place.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#submit().catch(reportError)
    })
    this.#show()
  }

  focus(): void {
    this.#field.focus()
  }

  /** Whether the keyboard is in it. */
  get hasFocus(): boolean {
    return this.place.matches(':focus-within')
  }

  /** Whether something stands in it that was not sent. */
  get isDirty(): boolean {
    return this.#field.value.trim() !== ''
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return
    const { ctrlKey, key, metaKey } = event
    if (key === 'Enter' && (ctrlKey || metaKey)) {
      event.preventDefault()
      this.#submit().catch(reportError)
    } else if (this.#mentions.onKey(key)) event.preventDefault()
    else if (key === 'Escape' && this.#parts.cancel !== undefined) {
      event.preventDefault()
      this.#parts.cancel()
    }
  }

  async #submit(): Promise<void> {
    const text = this.#field.value.trim()
    if (text === '' || this.#isSending) return
    this.#isSending = true
    this.#words.textContent = ''
    this.#show()
    try {
      await this.#parts.send({ text, mentions: this.#mentions.idsIn(text) })
      this.#field.value = ''
    } catch (error) {
      this.#words.textContent = error instanceof Error ? error.message : String(error)
    }
    this.#isSending = false
    this.#show()
  }

  #show(): void {
    this.#send.textContent = this.#isSending ? 'Sending…' : this.#parts.action
    this.#field.readOnly = this.#isSending
    // An answer that nobody has begun needs no buttons.
    this.#buttons.hidden = this.#parts.cancel === undefined && !this.isDirty
  }
}
