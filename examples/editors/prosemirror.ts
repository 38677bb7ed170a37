import { exampleSetup } from 'prosemirror-example-setup'
import { keymap } from 'prosemirror-keymap'
import { schema } from 'prosemirror-schema-basic'
import { EditorState } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { redo, undo, yCursorPlugin, ySyncPlugin, yUndoPlugin } from 'y-prosemirror'
import { connect, place } from './connect.ts'
import 'prosemirror-example-setup/style/style.css'
import 'prosemirror-menu/style/menu.css'
// Without this style sheet (`white-space: pre-wrap`) spaces become no-break spaces for everybody.
import 'prosemirror-view/style/prosemirror.css'

const { doc, awareness } = connect('prosemirror')

// Every block of the schema: an undo leaves it alone while other people's words are in it.
const protectedNodes = new Set(Object.keys(schema.nodes))

export const editor = new EditorView(place, {
  state: EditorState.create({
    schema,
    plugins: [
      ySyncPlugin(doc.getXmlFragment('prosemirror')),
      yCursorPlugin(awareness),
      yUndoPlugin({ protectedNodes }),
      keymap({ 'Mod-z': undo, 'Mod-y': redo, 'Shift-Mod-z': redo }),
      ...exampleSetup({ schema, history: false }),
    ],
  }),
})
