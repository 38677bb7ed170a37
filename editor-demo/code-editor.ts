import { defaultKeymap } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import * as Y from 'yjs'
import type { Client } from './client.ts'
import { codeColors, codeTheme } from './code-theme.ts'

/** Puts a code editor for the client's code into `parent`. */
export function createCodeEditor(parent: HTMLElement, client: Client): EditorView {
  const undoManager = new Y.UndoManager(client.code)
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: client.code.toJSON(),
      extensions: [
        lineNumbers(),
        indentOnInput(),
        bracketMatching(),
        javascript(),
        syntaxHighlighting(codeColors),
        codeTheme,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'Code, edited together' }),
        placeholder('// Code here, together.'),
        // Tab is not bound: it leaves the editor, so that nobody is caught in it.
        keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
        yCollab(client.code, client.link.awareness, { undoManager }),
      ],
    }),
  })
}
