import { defaultKeymap } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import * as Y from 'yjs'
import type { Client } from './client.ts'
import { codeColors, codeTheme } from './code-theme.ts'
import { mayWrite } from './link.ts'

/**
 * Puts a code editor for the client's code into `parent`; it is locked for as long as the server
 * takes nothing. Gives the function that takes it away.
 */
export function createCodeEditor(parent: HTMLElement, client: Client): () => void {
  const undoManager = new Y.UndoManager(client.code)
  const access = new Compartment()
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: client.code.toJSON(),
      extensions: [
        access.of(accessOf(client)),
        lineNumbers(),
        indentOnInput(),
        bracketMatching(),
        javascript(),
        syntaxHighlighting(codeColors),
        codeTheme,
        EditorView.lineWrapping,
        keymap.of(defaultKeymap),
        yCollab(client.code, client.link.awareness, { undoManager }),
      ],
    }),
  })
  const unwatch = client.link.watch(() => {
    if (view.state.readOnly !== mayWrite(client.link)) return
    view.dispatch({ effects: access.reconfigure(accessOf(client)) })
  })
  return () => {
    unwatch()
    view.destroy()
  }
}

function accessOf({ link }: Client): Extension {
  const label = { 'aria-label': 'Code, edited together' }
  if (mayWrite(link)) {
    return [
      EditorView.contentAttributes.of(label),
      placeholder('// Code here, together.'),
      // Tab is not bound: it leaves the editor, so that nobody is caught in it.
      keymap.of(yUndoManagerKeymap),
    ]
  }
  // What cannot be written in can still be reached by keyboard, to be read.
  const locked = { ...label, tabindex: '0', 'aria-readonly': 'true' }
  return [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of(locked),
  ]
}
