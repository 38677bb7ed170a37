import { type Editor, Extension } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { Plugin, PluginKey, type Transaction } from '@tiptap/pm/state'
import { Decoration, DecorationSet } from '@tiptap/pm/view'
import * as Y from 'yjs'
import type { Format, Mark, Passage, Passages, RelativePassage } from '../panels/passages.ts'
import {
  type FlatText,
  flatFragment,
  flatNode,
  runAt,
  runBefore,
  type YPlace,
} from './flat-text.ts'

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

/** What was made of a state of the text, for all who ask about it. */
interface Flattened {
  readonly doc: Node
  readonly flat: FlatText<number>
  readonly shared: FlatText<YPlace>
  /** Where the texts of Yjs begin. */
  readonly offsets: ReadonlyMap<unknown, number>
}

/** A rich text as panels see it. */
export class RichPassages implements Passages {
  readonly #editor: Editor
  readonly #root: Y.XmlFragment
  #flattened: Flattened | undefined

  readonly #formats: () => readonly Format[]

  constructor(editor: Editor, root: Y.XmlFragment, formats: () => readonly Format[]) {
    this.#editor = editor
    this.#root = root
    this.#formats = formats
  }

  get formats(): readonly Format[] {
    return this.#formats()
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

  get isFocused(): boolean {
    return this.#editor.view.hasFocus()
  }

  mark(marks: readonly Mark[]): void {
    const { state, view } = this.#editor
    const drawn = marks.map(({ from, id, isActive, to }) =>
      Decoration.inline(
        this.#positionOf(from, false),
        this.#positionOf(to, true),
        { class: isActive ? 'ytopic-mark active' : 'ytopic-mark', 'data-thread': id },
        { mark: `${id} ${isActive}` },
      ),
    )
    const set = DecorationSet.create(state.doc, drawn)
    // A transaction has everybody look at the text again.
    if (isSame(set, marksKey.getState(state) ?? DecorationSet.empty)) return
    view.dispatch(state.tr.setMeta(marksKey, set))
  }

  toRelative({ from, to }: Passage): RelativePassage | undefined {
    const { shared } = this.#now
    const [first, last] = [runAt(shared, from, false), runAt(shared, to, true)]
    if (first?.place === undefined || last?.place === undefined) return undefined
    return {
      from: encoded(first.place, from - first.offset, 0),
      to: encoded(last.place, to - last.offset, -1),
    }
  }

  fromRelative({ from, to }: RelativePassage): Passage | undefined {
    const { doc } = this.#root
    if (doc === null) return undefined
    const { offsets } = this.#now
    const offsetOf = (bytes: Uint8Array): number | undefined => {
      const relative = Y.decodeRelativePosition(bytes)
      const found = Y.createAbsolutePositionFromRelativePosition(relative, doc)
      const offset = offsets.get(found?.type)
      if (offset === undefined || found === null) return undefined
      return found.type instanceof Y.XmlText ? offset + found.index : offset
    }
    const [start, end] = [offsetOf(from), offsetOf(to)]
    return start === undefined || end === undefined ? undefined : { from: start, to: end }
  }

  boxOf({ from, to }: Passage): DOMRect | undefined {
    const { view } = this.#editor
    const [first, last] = [this.#positionOf(from, false), this.#positionOf(to, true)]
    const [start, end] = [view.domAtPos(first, 1), view.domAtPos(last, -1)]
    // Its last line may end above others, as in a row of a table.
    const range = document.createRange()
    range.setStart(start.node, start.offset)
    range.setEnd(end.node, end.offset)
    return range.getBoundingClientRect()
  }

  reveal({ from }: Passage, block: 'center' | 'start' = 'center'): void {
    const { node } = this.#editor.view.domAtPos(this.#positionOf(from, false))
    const element = node instanceof Element ? node : node.parentElement
    element?.scrollIntoView({ block })
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
    return this.#now.flat
  }

  get #now(): Flattened {
    const { schema, state } = this.#editor
    if (this.#flattened?.doc === state.doc) return this.#flattened
    const shared = flatFragment(this.#root, schema)
    const offsets = new Map(shared.runs.map(({ offset, place }) => [place, offset]))
    this.#flattened = { doc: state.doc, flat: flatNode(state.doc), shared, offsets }
    return this.#flattened
  }

  #positionOf(offset: number, isEnd: boolean): number {
    const run = runAt(this.#flat, offset, isEnd)
    return run === undefined ? 0 : run.place + Math.min(offset - run.offset, run.length)
  }

  #offsetOf(position: number): number {
    const run = runBefore(this.#flat, position)
    return run === undefined ? 0 : run.offset + Math.min(position - run.place, run.length)
  }
}

function isSame(one: DecorationSet, other: DecorationSet): boolean {
  const [here, there] = [one.find(), other.find()]
  return here.map(wordsOf).join() === there.map(wordsOf).join()
}

function wordsOf({ from, spec, to }: Decoration): string {
  const of: unknown = spec
  const mark = typeof of === 'object' && of !== null && 'mark' in of ? of.mark : undefined
  return `${from} ${to} ${String(mark)}`
}

function encoded(text: Y.XmlText | Y.XmlElement, index: number, side: number): Uint8Array {
  return Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, index, side))
}
