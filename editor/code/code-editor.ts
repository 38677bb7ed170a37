import { defaultKeymap } from '@codemirror/commands'
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import * as Y from 'yjs'
import { adoptStyles } from '../adopted-styles.ts'
import { codeCarets } from './code-carets.ts'
import { Following } from '../link/following.ts'
import { CodePassages } from './code-passages.ts'
import { codeColors, codeTheme } from './code-theme.ts'
import { toldSelection } from './told-selection.ts'
import type { Mount, Mounted } from '../mounted.ts'

/** What only an editor of plain text has. */
export interface CodeMount extends Mount<Y.Text> {
  /** `javascript`, `typescript`, `jsx`, `tsx`; any other has no colors; none has no lines. */
  readonly language: string | undefined
  /** Beside those that are always there. */
  readonly extensions?: readonly Extension[]
}

/**
 * Puts an editor of code or of plain text into its place; it is locked for as long as nothing may
 * be written.
 */
export function createCodeEditor(mount: CodeMount): Mounted {
  const { language, link, mayWrite, parent, root } = mount
  const undoManager = new Y.UndoManager(root)
  const access = new Compartment()
  const colors = new Compartment()
  const tree = treeOf(parent)
  adoptStyles(tree)
  const passages: CodePassages = new CodePassages(root, () => view)
  const view = new EditorView({
    parent,
    // It would take the shadow root of the slot in which it is shown for the place where it stands,
    // and look in vain for the focus there.
    root: tree,
    state: EditorState.create({
      doc: root.toJSON(),
      extensions: [
        access.of(accessOf(mount)),
        colors.of([]),
        yCollab(root, null, { undoManager }),
        passages.extension,
        extensionsFor(mount),
      ],
    }),
  })
  const refresh = (): void => {
    if (view.state.readOnly !== mayWrite()) return
    view.dispatch({ effects: access.reconfigure(accessOf(mount)) })
  }
  const unwatch = link.watch(refresh)
  const following = new Following(mount, passages)
  if (language !== undefined) addColors(view, colors, language)
  return {
    native: view,
    passages,
    following,
    get isEmpty() {
      return view.state.doc.length === 0
    },
    get text() {
      return view.state.doc.toString()
    },
    get value() {
      return this.text
    },
    get json() {
      return this.text
    },
    focus: () => view.focus(),
    refresh,
    destroy() {
      unwatch()
      following.follow(undefined)
      view.destroy()
      undoManager.destroy()
    },
  }
}

function extensionsFor({ extensions = [], language, link, nonce, root }: CodeMount): Extension {
  return [
    language === undefined ? [] : codeAids,
    codeTheme,
    EditorView.lineWrapping,
    keymap.of(defaultKeymap),
    codeCarets(root, link.awareness),
    toldSelection(link.awareness.doc),
    nonce === undefined ? [] : EditorView.cspNonce.of(nonce),
    ...extensions,
  ]
}

/** One can write before the colors come, and without them where they do not. */
function addColors(view: EditorView, colors: Compartment, language: string): void {
  import('./languages.ts').then(
    ({ languageCalled }) => {
      if (!view.dom.isConnected) return
      view.dispatch({ effects: colors.reconfigure(languageCalled(language)) })
    },
    () => undefined,
  )
}

function treeOf(node: Node): Document | ShadowRoot {
  const root = node.getRootNode()
  return root instanceof ShadowRoot ? root : document
}

const codeAids = [lineNumbers(), indentOnInput(), bracketMatching(), syntaxHighlighting(codeColors)]

function accessOf({ label, mayWrite, placeholder: words }: CodeMount): Extension {
  const named = { 'aria-label': label }
  if (mayWrite()) {
    return [
      EditorView.contentAttributes.of(named),
      placeholder(words),
      // Tab is not bound: it leaves the editor, so that nobody is caught in it.
      keymap.of(yUndoManagerKeymap),
    ]
  }
  // What cannot be written in can still be reached by keyboard, to be read.
  const locked = { ...named, tabindex: '0', 'aria-readonly': 'true' }
  return [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of(locked),
  ]
}
