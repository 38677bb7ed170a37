import {
  applySuggestion,
  applySuggestions,
  revertSuggestion,
  revertSuggestions,
  suggestChanges,
  suggestChangesKey,
  transformToSuggestionTransaction,
} from '@handlewithcare/prosemirror-suggest-changes'
import type { Editor } from '@tiptap/core'
import { AllSelection, type Command, EditorState, type Transaction } from '@tiptap/pm/state'
import { ReplaceStep } from '@tiptap/pm/transform'
import { ySyncPluginKey } from '@tiptap/y-tiptap'
import { drawnOnChange } from './drawn.ts'
import { authorIn, isSuggestion } from './marks.ts'

/** How suggestions are made and decided in one editor. */
export class Suggesting {
  readonly acceptAll = exactly(applySuggestions)
  readonly rejectAll = exactly(revertSuggestions)
  readonly #editor: Editor

  readonly #author: () => string

  constructor(editor: Editor, author: () => string) {
    this.#editor = editor
    this.#author = author
    // It shows where paragraphs begin and end in a suggestion.
    editor.registerPlugin(drawnOnChange(suggestChanges()))
  }

  /** What suggests what a transaction would have written. */
  suggest(transaction: Transaction): Transaction {
    if (!transaction.docChanged || isNotWritten(transaction)) return transaction
    const state = stateBefore(transaction, this.#editor.state)
    return transformToSuggestionTransaction(transaction, state, () => this.#newId())
  }

  accept(state: EditorState, dispatch: ((tr: Transaction) => void) | undefined): boolean {
    const id = this.idAt(state)
    return id !== undefined && exactly(applySuggestion(id), id)(state, dispatch)
  }

  reject(state: EditorState, dispatch: ((tr: Transaction) => void) | undefined): boolean {
    const id = this.idAt(state)
    return id !== undefined && exactly(revertSuggestion(id), id)(state, dispatch)
  }

  /** All of the person who has made the one at the caret. */
  acceptTheirs(state: EditorState, dispatch: ((tr: Transaction) => void) | undefined): boolean {
    return this.#decideTheirs(applySuggestion, state, dispatch)
  }

  rejectTheirs(state: EditorState, dispatch: ((tr: Transaction) => void) | undefined): boolean {
    return this.#decideTheirs(revertSuggestion, state, dispatch)
  }

  /** The id of the suggestion at the caret. */
  idAt({ selection }: EditorState): string | undefined {
    const { $from } = selection
    const near = [$from.nodeAfter, $from.nodeBefore, ...ancestors($from)]
    for (const node of near) {
      const mark = node?.marks.find(isSuggestion)
      const id: unknown = mark?.attrs['id']
      if (typeof id === 'string') return id
    }
    return undefined
  }

  #decideTheirs(
    decide: (id: string) => Command,
    state: EditorState,
    dispatch: ((tr: Transaction) => void) | undefined,
  ): boolean {
    const at = this.idAt(state)
    const theirs = idsIn(state).filter((id) => at !== undefined && authorIn(id) === authorIn(at))
    const all = state.tr.setMeta(suggestChangesKey, { skip: true })
    // A command goes by the document before its transaction: each gets one of its own.
    let current = EditorState.create({ doc: state.doc })
    for (const id of theirs) {
      exactly(decide(id), id)(current, (transaction) => {
        current = current.apply(transaction)
        for (const step of transaction.steps) all.step(step)
      })
    }
    dispatch?.(all)
    return theirs.length > 0
  }

  #newId(): string {
    return `${Math.random().toString(36).slice(2)} ${this.#author()}`
  }
}

/**
 * The state from which a transaction is made into a suggestion. What is deleted without having been
 * selected is taken for Backspace there, which leaves the caret before it; so all is selected where
 * text is replaced, by an input method or a spelling aid, or deleted from the caret on.
 */
function stateBefore(transaction: Transaction, state: EditorState): EditorState {
  const { doc, selection, storedMarks } = state
  const isBackspace = !transaction.steps.some((step) => {
    if (!(step instanceof ReplaceStep) || step.from === step.to) return false
    return step.slice.size > 0 || step.from === selection.from
  })
  if (isBackspace || !selection.empty) return state
  // The caret is where the transaction has set it, in terms of the suggestion.
  transaction.setSelection(transaction.selection)
  return EditorState.create({ doc, selection: new AllSelection(doc), storedMarks })
}

/** What stands in a suggestion for the end of a paragraph; it is in nobody's text. */
const filler = '\u200B'

/**
 * Decides as the command does, and takes the fillers away that it leaves where they touch text.
 * @param id of the one that is decided; undefined for all
 */
function exactly(command: Command, id?: string): Command {
  return (state, dispatch) => {
    const places = fillersIn(state, id)
    const { length } = state.tr.steps
    return command(state, (transaction) => {
      const since = transaction.mapping.slice(length)
      for (const place of places.toReversed()) {
        const from = since.map(place, 1)
        const { content } = transaction.doc
        const isThere = from < content.size && content.textBetween(from, from + 1) === filler
        if (isThere) transaction.delete(from, from + 1)
      }
      dispatch?.(transaction)
    })
  }
}

function fillersIn({ doc }: EditorState, id: string | undefined): readonly number[] {
  const places: number[] = []
  doc.descendants(({ marks, text = '' }, from) => {
    const mark = marks.find(isSuggestion)
    if (mark === undefined || (id !== undefined && mark.attrs['id'] !== id)) return
    for (const { index } of text.matchAll(/\u200B/g)) places.push(from + index)
  })
  return places
}

function idsIn({ doc }: EditorState): readonly string[] {
  const ids = new Set<string>()
  doc.descendants(({ marks }) => {
    const id: unknown = marks.find(isSuggestion)?.attrs['id']
    if (typeof id === 'string') ids.add(id)
  })
  return [...ids]
}

function ancestors($pos: EditorState['selection']['$from']) {
  return Array.from({ length: $pos.depth }, (_, above) => $pos.node($pos.depth - above))
}

/** What others wrote, what is undone, and what decides suggestions are no suggestions. */
function isNotWritten(transaction: Transaction): boolean {
  const sync: unknown = transaction.getMeta(ySyncPluginKey)
  const own: unknown = transaction.getMeta(suggestChangesKey)
  return isOf(sync, 'isChangeOrigin') || isOf(sync, 'isUndoRedoOperation') || isOf(own, 'skip')
}

function isOf(meta: unknown, name: string): boolean {
  return typeof meta === 'object' && meta !== null && Boolean(Reflect.get(meta, name))
}
