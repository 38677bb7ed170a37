import { icons } from '../panels/icons.ts'
import { piece, press, pressIcon } from '../panels/piece.ts'
import { withQuote } from './quoted.ts'

/** What a composer does with what is written. */
export interface ComposerParts {
  /** Sends it; rejects when it is refused. */
  readonly send: (text: string) => Promise<void>
  readonly typed: () => void
  /** What is selected in the text; empty where nothing is. */
  readonly selection: () => string
  /** What was refused, in words; empty takes them away. */
  readonly refused: (words: string) => void
}

/** Where a message is written. */
export class ChatComposer {
  readonly place = piece('form', 'composer')
  readonly #parts: ComposerParts
  readonly #field = piece('textarea', '')
  readonly #chip = piece('div', 'chip')
  readonly #offer: HTMLButtonElement
  readonly #edited = piece('div', 'chip')
  #quote = ''
  #edit: ((text: string) => void) | undefined

  constructor(parts: ComposerParts) {
    this.#parts = parts
    const field = this.#field
    field.rows = 1
    field.placeholder = 'Write a message'
    field.ariaLabel = 'Message'
    field.addEventListener('input', () => {
      if (field.value !== '') parts.typed()
    })
    field.addEventListener('keydown', this.#onKey)
    const send = pressIcon('Send', icons.send, () => undefined)
    send.type = 'submit'
    send.classList.add('primary')
    const quote = (): void => {
      this.#take(parts.selection())
      field.focus()
    }
    this.#offer = press('Quote the selected text', quote, 'offer')
    this.#chip.hidden = true
    this.#edited.hidden = true
    this.#edited.append(piece('span', '', 'Changing a message'), this.#dropping('Keep it as it is'))
    this.place.append(this.#offer, this.#edited, this.#chip, piece('div', 'row', field, send))
    this.place.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#send()
    })
    this.refresh()
  }

  focus(): void {
    this.#field.focus()
  }

  /** Another text is selected. */
  refresh(): void {
    const selection = this.#parts.selection()
    this.#offer.hidden = selection === '' || selection === this.#quote
  }

  /** Writes a message anew. */
  change(text: string, save: (text: string) => void): void {
    this.#edit = save
    this.#edited.hidden = false
    this.#take('')
    this.#field.value = text
    this.#field.focus()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    // Whoever composes a character with several keys has not finished it.
    if (event.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      this.#send()
    }
    if (event.key !== 'Escape' || this.#edit === undefined) return
    event.stopPropagation()
    this.#drop()
  }

  #send(): void {
    const words = this.#field.value.trim()
    if (words === '') return
    const edit = this.#edit
    const quote = this.#quote
    this.#drop()
    this.#parts.refused('')
    if (edit !== undefined) return edit(words)
    this.#parts.send(withQuote(quote, words)).catch((error: unknown) => {
      this.#parts.refused(error instanceof Error ? error.message : String(error))
      if (this.#field.value !== '') return
      this.#field.value = words
      this.#take(quote)
    })
  }

  #take(quote: string): void {
    this.#quote = quote
    this.#chip.hidden = quote === ''
    this.#chip.replaceChildren(piece('q', '', quote), this.#dropping('Do not quote it', true))
    this.refresh()
  }

  #drop(): void {
    this.#edit = undefined
    this.#edited.hidden = true
    this.#field.value = ''
    this.#take('')
  }

  #dropping(label: string, onlyQuote = false): HTMLButtonElement {
    return pressIcon(label, icons.close, () => {
      if (onlyQuote) this.#take('')
      else this.#drop()
      this.#field.focus()
    })
  }
}
