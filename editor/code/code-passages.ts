import { type Extension, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view'
import * as Y from 'yjs'
import type { Mark, Passage, Passages, RelativePassage } from '../panels/passages.ts'
import { tellSelection } from '../link/tell-selection.ts'

const setMarks = StateEffect.define<readonly Mark[]>()

const drawnMarks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, { changes, effects, state }) {
    let drawn = before.map(changes)
    for (const effect of effects) {
      if (effect.is(setMarks)) drawn = draw(effect.value, state.doc.length)
    }
    return drawn
  },
  provide: (field) => EditorView.decorations.from(field),
})

function draw(marks: readonly Mark[], length: number): DecorationSet {
  const ranges = marks.map(({ from, id, isActive, to }) =>
    Decoration.mark({
      class: isActive ? 'ytopic-mark active' : 'ytopic-mark',
      attributes: { 'data-thread': id },
    }).range(Math.min(from, length), Math.min(to, length)),
  )
  return Decoration.set(
    ranges.filter(({ from, to }) => from < to),
    true,
  )
}

/** A plain text as panels see it. */
export class CodePassages implements Passages {
  /** What the editor needs for it. */
  readonly extension: Extension
  readonly formats = []
  readonly #root: Y.Text
  readonly #view: () => EditorView
  readonly #listeners = new Set<() => void>()

  /** @param view asked for when there is one */
  constructor(root: Y.Text, view: () => EditorView) {
    this.#root = root
    this.#view = view
    this.extension = [
      drawnMarks,
      EditorView.updateListener.of(({ docChanged, selectionSet }) => {
        if (docChanged || selectionSet) for (const listener of this.#listeners) listener()
      }),
    ]
  }

  get text(): string {
    return this.#view().state.doc.toString()
  }

  get selected(): Passage | undefined {
    const { empty, from, to } = this.#view().state.selection.main
    return empty ? undefined : { from, to }
  }

  get caret(): number {
    return this.#view().state.selection.main.head
  }

  get isFocused(): boolean {
    return this.#view().hasFocus
  }

  mark(marks: readonly Mark[]): void {
    const view = this.#view()
    tellSelection(view.dom)
    view.dispatch({ effects: setMarks.of(marks) })
  }

  toRelative({ from, to }: Passage): RelativePassage {
    return { from: encoded(this.#root, from, 0), to: encoded(this.#root, to, -1) }
  }

  fromRelative({ from, to }: RelativePassage): Passage | undefined {
    const [start, end] = [this.#offsetOf(from), this.#offsetOf(to)]
    return start === undefined || end === undefined ? undefined : { from: start, to: end }
  }

  boxOf({ from, to }: Passage): DOMRect | undefined {
    const view = this.#view()
    const [first, last] = [view.coordsAtPos(from), view.coordsAtPos(to, -1)]
    if (first === null || last === null) return undefined
    const left = Math.min(first.left, last.left)
    return new DOMRect(left, first.top, last.right - left, last.bottom - first.top)
  }

  reveal({ from }: Passage, y: 'center' | 'start' = 'center'): void {
    // Below the bar of a page, where there is one.
    const yMargin = y === 'start' ? 64 : 0
    this.#view().dispatch({ effects: EditorView.scrollIntoView(from, { y, yMargin }) })
  }

  select({ from, to }: Passage): void {
    const view = this.#view()
    view.dispatch({ selection: { anchor: from, head: to } })
    view.focus()
    this.reveal({ from, to })
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #offsetOf(bytes: Uint8Array): number | undefined {
    const { doc } = this.#root
    const relative = Y.decodeRelativePosition(bytes)
    const found = doc && Y.createAbsolutePositionFromRelativePosition(relative, doc)
    return found?.type === this.#root ? found.index : undefined
  }
}

function encoded(text: Y.Text, index: number, side: number): Uint8Array {
  return Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, index, side))
}
