import { type Editor, Extension } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { Plugin, PluginKey, type Transaction } from '@tiptap/pm/state'
import { Decoration, DecorationSet } from '@tiptap/pm/view'
import * as Y from 'yjs'
import type { Mark, Passage, Passages, RelativePassage } from '../panels/passages.ts'
import { type FlatText, flatFragment, flatNode, runAt } from './flat-text.ts'

const marksKey = new PluginKey<DecorationSet>('ytopicMarks')

/** Draws marks in a rich text. They are no part of it: who may not write can make them, too. */
export const richMarks = Extension.create({
  name: 'ytopicMarks',
  addProseMirrorPlugins: () => [
    new Plugin<DecorationSet>({
      key: marksKey,
      state: {
        init: () => DecorationSet.empty,
        apply: (transaction, drawn) => {
          const marks: unknown = transaction.getMeta(marksKey)
          if (marks instanceof DecorationSet) return marks
          return drawn.map(transaction.mapping, transaction.doc)
        },
      },
      props: { decorations: (state) => marksKey.getState(state) },
    }),
  ],
})

/** A rich text as panels see it. */
export class RichPassages implements Passages {
  readonly #editor: Editor
  readonly #root: Y.XmlFragment
  #flattened: { readonly doc: Node; readonly flat: FlatText<number> } | undefined

  constructor(editor: Editor, root: Y.XmlFragment) {
    this.#editor = editor
    this.#root = root
  }

  get text(): string {
    return this.#flat.text
  }

  get selected(): Passage | undefined {
    const { from, to } = this.#editor.state.selection
    if (from === to) return undefined
    const passage = { from: this.#offsetOf(from), to: this.#offsetOf(to) }
    return passage.from < passage.to ? passage : undefined
  }

  get caret(): number {
    return this.#offsetOf(this.#editor.state.selection.head)
  }

  mark(marks: readonly Mark[]): void {
    const { state, view } = this.#editor
    const drawn = marks.map(({ from, id, isActive, to }) =>
      Decoration.inline(this.#positionOf(from, false), this.#positionOf(to, true), {
        class: isActive ? 'ytopic-mark active' : 'ytopic-mark',
        'data-thread': id,
      }),
    )
    view.dispatch(state.tr.setMeta(marksKey, DecorationSet.create(state.doc, drawn)))
  }

  toRelative({ from, to }: Passage): RelativePassage | undefined {
    const flat = flatFragment(this.#root, this.#editor.schema)
    const [first, last] = [runAt(flat, from, false), runAt(flat, to, true)]
    if (first?.place === undefined || last?.place === undefined) return undefined
    return {
      from: encoded(first.place, from - first.offset, 0),
      to: encoded(last.place, to - last.offset, -1),
    }
  }

  fromRelative({ from, to }: RelativePassage): Passage | undefined {
    const { doc } = this.#root
    if (doc === null) return undefined
    const { runs } = flatFragment(this.#root, this.#editor.schema)
    const offsetOf = (bytes: Uint8Array): number | undefined => {
      const relative = Y.decodeRelativePosition(bytes)
      const found = Y.createAbsolutePositionFromRelativePosition(relative, doc)
      const run = runs.find(({ place }) => place !== undefined && place === found?.type)
      if (run === undefined || found === null) return undefined
      return run.place instanceof Y.XmlText ? run.offset + found.index : run.offset
    }
    const [start, end] = [offsetOf(from), offsetOf(to)]
    return start === undefined || end === undefined ? undefined : { from: start, to: end }
  }

  boxOf({ from, to }: Passage): DOMRect | undefined {
    const { view } = this.#editor
    const first = view.coordsAtPos(this.#positionOf(from, false))
    const last = view.coordsAtPos(this.#positionOf(to, true))
    const left = Math.min(first.left, last.left)
    return new DOMRect(left, first.top, last.right - left, last.bottom - first.top)
  }

  reveal({ from }: Passage): void {
    const { node } = this.#editor.view.domAtPos(this.#positionOf(from, false))
    const element = node instanceof Element ? node : node.parentElement
    element?.scrollIntoView({ block: 'center' })
  }

  select(passage: Passage): void {
    const from = this.#positionOf(passage.from, false)
    this.#editor.commands.setTextSelection({ from, to: this.#positionOf(passage.to, true) })
    this.#editor.view.focus()
    this.reveal(passage)
  }

  watch(listener: () => void): () => void {
    const hear = ({ transaction }: { readonly transaction: Transaction }): void => {
      if (transaction.docChanged || transaction.selectionSet) listener()
    }
    this.#editor.on('transaction', hear)
    return () => this.#editor.off('transaction', hear)
  }

  get #flat(): FlatText<number> {
    const { doc } = this.#editor.state
    if (this.#flattened?.doc !== doc) this.#flattened = { doc, flat: flatNode(doc) }
    return this.#flattened.flat
  }

  #positionOf(offset: number, isEnd: boolean): number {
    const run = runAt(this.#flat, offset, isEnd)
    return run === undefined ? 0 : run.place + Math.min(offset - run.offset, run.length)
  }

  #offsetOf(position: number): number {
    const run = this.#flat.runs.findLast(({ place }) => place <= position)
    return run === undefined ? 0 : run.offset + Math.min(position - run.place, run.length)
  }
}

function encoded(text: Y.XmlText | Y.XmlElement, index: number, side: number): Uint8Array {
  return Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, index, side))
}
