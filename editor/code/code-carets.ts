import { type Extension, type Range, RangeSet, type Text } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from '@codemirror/view'
import type { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { parsePerson, type Person } from '../link/person.ts'
import { tellSelection } from '../link/tell-selection.ts'

/** Rules for people's colors. They are adopted: a page's policy may forbid style attributes. */
const colors = new Map<string, CSSStyleSheet>()

/** So many colors get a rule; what people of others have selected is tinted alike. */
const colorsMax = 200

/**
 * Tells the others where one's caret is in a text, and shows theirs. The binding's own sets colors
 * by style attributes, which many pages forbid.
 */
export function codeCarets(root: Y.Text, awareness: Awareness): Extension {
  const plugin = ViewPlugin.define((view) => new CodeCarets(view, root, awareness), {
    decorations: (carets) => carets.decorations,
  })
  return [plugin, caretTheme]
}

const caretTheme = EditorView.baseTheme({
  '.cm-ySelectionCaret': {
    position: 'relative',
    margin: '0 -1px',
    borderLeft: '1px solid',
    borderRight: '1px solid',
  },
  '.ytopic-selected': { backgroundColor: '#8080801f' },
  '.cm-ySelectionInfo': {
    position: 'absolute',
    zIndex: '101',
    userSelect: 'none',
    whiteSpace: 'nowrap',
  },
})

class CodeCarets {
  decorations: DecorationSet = RangeSet.empty
  readonly #root: Y.Text
  readonly #awareness: Awareness
  readonly #end: () => void

  constructor(view: EditorView, root: Y.Text, awareness: Awareness) {
    this.#root = root
    this.#awareness = awareness
    const own = root.doc?.clientID
    const look = (changed: Readonly<Record<string, readonly number[]>>): void => {
      const ids = Object.values(changed).flat()
      if (ids.every((id) => id === own)) return
      tellSelection(view.dom)
      // An empty transaction has the view ask for decorations again.
      view.dispatch({})
    }
    awareness.on('change', look)
    this.#end = () => awareness.off('change', look)
  }

  update({ state, view }: ViewUpdate): void {
    this.#tellOwn(view)
    this.decorations = Decoration.set(this.#others(state.doc, view), true)
  }

  destroy(): void {
    this.#end()
  }

  #tellOwn({ dom, hasFocus, state }: EditorView): void {
    const own = this.#awareness.getLocalState()
    if (own === null || !hasFocus || !dom.ownerDocument.hasFocus()) return
    const { anchor, head } = state.selection.main
    const place = (index: number): Y.RelativePosition =>
      Y.createRelativePositionFromTypeIndex(this.#root, index)
    const cursor = { anchor: place(anchor), head: place(head) }
    if (JSON.stringify(cursor) === JSON.stringify(own['cursor'])) return
    this.#awareness.setLocalStateField('cursor', cursor)
  }

  #others(text: Text, view: EditorView): readonly Range<Decoration>[] {
    const own = this.#awareness.doc.clientID
    return [...this.#awareness.getStates()].flatMap(([id, state]) => {
      const cursor: unknown = state['cursor']
      if (id === own || typeof cursor !== 'object' || cursor === null) return []
      const anchor = this.#indexOf('anchor' in cursor ? cursor.anchor : undefined, text)
      const head = this.#indexOf('head' in cursor ? cursor.head : undefined, text)
      if (anchor === undefined || head === undefined) return []
      const person = parsePerson(state['user'])
      const caret = Decoration.widget({ side: head > anchor ? -1 : 1, widget: new Caret(person) })
      if (anchor === head) return [caret.range(head)]
      const mark = Decoration.mark({ class: `cm-ySelection ${colorClass(person.color, view)}` })
      return [mark.range(Math.min(anchor, head), Math.max(anchor, head)), caret.range(head)]
    })
  }

  /** What others say of themselves may be anything. */
  #indexOf(position: unknown, { length }: Text): number | undefined {
    const doc = this.#root.doc
    if (doc === null) return undefined
    try {
      const relative = Y.createRelativePositionFromJSON(position)
      const found = Y.createAbsolutePositionFromRelativePosition(relative, doc)
      return found?.type === this.#root && found.index <= length ? found.index : undefined
    } catch {
      return undefined
    }
  }
}

class Caret extends WidgetType {
  readonly #person: Person

  constructor(person: Person) {
    super()
    this.#person = person
  }

  override eq(other: Caret): boolean {
    return other.#person.color === this.#person.color && other.#person.name === this.#person.name
  }

  override toDOM(): HTMLElement {
    const { color, name } = this.#person
    const caret = document.createElement('span')
    caret.className = 'cm-ySelectionCaret'
    caret.style.borderColor = color
    const label = document.createElement('div')
    label.className = 'cm-ySelectionInfo'
    label.style.backgroundColor = color
    label.textContent = name
    // Word joiners: the caret is no place where a line may break.
    caret.append('\u2060', label, '\u2060')
    return caret
  }

  override ignoreEvent(): boolean {
    return true
  }
}

/** The class that gives what is selected its person's color; the rule is made when it is new. */
function colorClass(color: string, view: EditorView): string {
  const name = `ytopic-selected-${color.slice(1)}`
  if (!colors.has(color) && colors.size >= colorsMax) return 'ytopic-selected'
  const sheet = colors.get(color) ?? new CSSStyleSheet()
  if (!colors.has(color)) sheet.replaceSync(`.${name} { background-color: ${color}1f; }`)
  colors.set(color, sheet)
  const { root } = view
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
  return name
}
