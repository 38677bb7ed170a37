import { type Editor, Extension, type Extensions } from '@tiptap/core'
import type { MarkType, NodeType } from '@tiptap/pm/model'
import type { Transaction } from '@tiptap/pm/state'
import { insist } from '../../insist.ts'
import { findIn, findInChanged } from './finding.ts'
import { markNames, suggestionMarks } from './marks.ts'
import type { Suggesting } from './suggesting.ts'

/** What an editor knows of suggestions. */
interface Known {
  /** Whether what is written here is suggested. */
  isOn: boolean
  /** Where one of those in the document stands; undefined where it holds none. */
  at: number | undefined
  /** How they are made and decided; it is loaded when there is one, or one is to be made. */
  suggesting: Suggesting | undefined
  /** Under whose name they are made here. */
  readonly author: () => string
}

const knownOf = new WeakMap<Editor, Known>()

/** What is known of suggestions in an editor; undefined for one that was made without them. */
export function suggestionsIn(editor: Editor): Known | undefined {
  return knownOf.get(editor)
}

/** Whether the caret is in one; then it can be decided by itself. */
export function isInSuggestion(editor: Editor): boolean {
  return suggestionsIn(editor)?.suggesting?.idAt(editor.state) !== undefined
}

/** Suggests what is written as soon as it can, or writes it again. */
export function toggleSuggesting(editor: Editor): void {
  const known = suggestionsIn(editor)
  if (known === undefined) return
  const wasOn = known.isOn
  known.isOn = false
  if (wasOn) return
  load(editor, known, () => {
    known.isOn = true
  })
}

/** Loads how suggestions are made and decided; the buttons show what is possible then. */
function load(editor: Editor, known: Known, loaded?: () => void): void {
  insist(() => import('./suggesting.ts')).then(({ Suggesting: Loaded }) => {
    if (editor.isDestroyed) return
    known.suggesting ??= new Loaded(editor, known.author)
    loaded?.()
    editor.view.dispatch(editor.state.tr)
  }, reportError)
}

/**
 * The marks of suggestions, which every editor of a document has to know, and how they are made.
 * @param author under whose name they are made here
 */
export function suggestionsFor(author: () => string): Extensions {
  return [
    ...suggestionMarks,
    Extension.create({
      name: 'suggestions',
      onBeforeCreate() {
        const { marks, nodes } = this.editor.schema
        const own = markNames.flatMap((name) => marks[name] ?? [])
        for (const type of Object.values(nodes)) allowMarks(type, own)
        for (const type of Object.values(marks)) allowBeside(type, own)
        const known = { isOn: false, at: undefined, suggesting: undefined, author }
        knownOf.set(this.editor, known)
      },
      onCreate() {
        look(this.editor, [])
      },
      onTransaction({ appendedTransactions, transaction }) {
        const changes = [transaction, ...appendedTransactions].filter((one) => one.docChanged)
        if (changes.length > 0) look(this.editor, changes)
      },
      dispatchTransaction({ next, transaction }) {
        const known = suggestionsIn(this.editor)
        const suggesting = known?.isOn === true ? known.suggesting : undefined
        next(suggesting?.suggest(transaction) ?? transaction)
      },
    }),
  ]
}

/** Blocks are suggested as well, and what is in code: what holds them allows the marks on them. */
function allowMarks(type: NodeType, own: readonly MarkType[]): void {
  const { contentMatch, isLeaf, markSet } = type
  if (isLeaf || contentMatch.edgeCount === 0 || markSet === null) return
  type.markSet = [...markSet, ...own]
}

/** Code within a text has no other marks than these. */
function allowBeside(type: MarkType, own: readonly MarkType[]): void {
  if (own.includes(type)) return
  const excludes = type.excludes.bind(type)
  type.excludes = (other) => !own.includes(other) && excludes(other)
}

/**
 * Notes where one stands. The document may be long, and this is done at each key: mostly the one
 * that was found still stands, or what has changed is all there is to look through.
 * @param changes since it was done; none the first time
 */
function look(editor: Editor, changes: readonly Transaction[]): void {
  const known = suggestionsIn(editor)
  if (known === undefined) return
  const { doc } = editor.state
  const at = changes.reduce((place, { mapping }) => place && mapping.map(place), known.at)
  const [change] = changes
  if (at !== undefined) known.at = findIn(doc, at, at + 1) ?? findIn(doc)
  else if (change === undefined || changes.length > 1) known.at = findIn(doc)
  else known.at = findInChanged(change)
  if (known.at !== undefined && known.suggesting === undefined) load(editor, known)
}
