import {
  applySuggestions,
  revertSuggestions,
  suggestChanges,
  suggestChangesKey,
  transformToSuggestionTransaction,
} from '@handlewithcare/prosemirror-suggest-changes'
import type { Editor } from '@tiptap/core'
import { Fragment, type Node } from '@tiptap/pm/model'
import { AllSelection, type Command, EditorState, type Transaction } from '@tiptap/pm/state'
import { ReplaceStep } from '@tiptap/pm/transform'
import { ySyncPluginKey } from '@tiptap/y-tiptap'
import { drawnOnChange } from './drawn.ts'
import { authorIn, isSuggestion } from './marks.ts'

type Dispatch = ((transaction: Transaction) => void) | undefined

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

  accept(state: EditorState, dispatch: Dispatch): boolean {
    return this.#decideAt(this.acceptAll, (id) => id, state, dispatch)
  }

  reject(state: EditorState, dispatch: Dispatch): boolean {
    return this.#decideAt(this.rejectAll, (id) => id, state, dispatch)
  }

  /** All of the person who has made the one at the caret. */
  acceptTheirs(state: EditorState, dispatch: Dispatch): boolean {
    return this.#decideAt(this.acceptAll, authorIn, state, dispatch)
  }

  rejectTheirs(state: EditorState, dispatch: Dispatch): boolean {
    return this.#decideAt(this.rejectAll, authorIn, state, dispatch)
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

  /**
   * Decides the one at the caret and all that are like it, as if there were no others: those of
   * others may stand next to them, and the document is walked through once for all.
   */
  #decideAt(
    decide: Command,
    likeness: (id: string) => string,
    state: EditorState,
    dispatch: Dispatch,
  ): boolean {
    const at = this.idAt(state)
    if (at === undefined) return false
    const doc = withSuggestions(state.doc, (id) => likeness(id) === likeness(at))
    const all = state.tr.setMeta(suggestChangesKey, { skip: true })
    decide(EditorState.create({ doc }), ({ steps }) => {
      for (const step of steps) all.step(step)
    })
    dispatch?.(all)
    return true
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

/** Decides as the command does, and takes the fillers away that it leaves where they touch text. */
function exactly(command: Command): Command {
  return (state, dispatch) => {
    const places = fillersIn(state)
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

function fillersIn({ doc }: EditorState): readonly number[] {
  const places: number[] = []
  doc.descendants(({ marks, text = '' }, from) => {
    if (!marks.some(isSuggestion)) return
    for (const { index } of text.matchAll(/\u200B/g)) places.push(from + index)
  })
  return places
}

/** A document with these suggestions and no others; all stands where it stood. */
function withSuggestions(node: Node, isMeant: (id: string) => boolean): Node {
  const marks = node.marks.filter(
    (mark) => !isSuggestion(mark) || isMeant(String(mark.attrs['id'])),
  )
  const marked = marks.length === node.marks.length ? node : node.mark(marks)
  if (node.isLeaf) return marked
  const children = node.children.map((child) => withSuggestions(child, isMeant))
  const isOther = children.some((child, at) => child !== node.children[at])
  return isOther ? marked.copy(Fragment.from(children)) : marked
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
