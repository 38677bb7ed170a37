import { defaultKeymap } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, keymap } from '@codemirror/view'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import * as Y from 'yjs'
import { connect, place, user } from './connect.ts'

const { doc, awareness } = connect('codemirror')
const text = doc.getText('codemirror')
// y-codemirror.next paints a selection in `colorLight`.
awareness.setLocalStateField('user', { ...user, colorLight: `${user.color}33` })

export const editor = new EditorView({
  parent: place,
  state: EditorState.create({
    doc: text.toString(),
    extensions: [
      // No `basicSetup` or `minimalSetup`: they bring CodeMirror's own history, which takes over
      // where one's own is at its end, and takes back other people's words.
      keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
      drawSelection(),
      javascript(),
      EditorView.lineWrapping,
      yCollab(text, awareness, { undoManager: new Y.UndoManager(text) }),
    ],
  }),
})
