import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret'
import { StarterKit } from '@tiptap/starter-kit'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { trackSaved } from 'ytopic/client'

const doc = new Y.Doc()
const params = { saved: '1' }
const provider = new WebsocketProvider(import.meta.env['VITE_DOCUMENTS'] ?? '', 'notes', doc, {
  params,
})
const tracker = trackSaved(provider)
tracker.on('change', () => {
  const status = document.getElementById('status')
  const told = tracker.refusal ?? (tracker.saved ? 'All changes saved.' : 'Saving…')
  if (status !== null) status.textContent = told
})

/** Blocks that an undo leaves alone while other people's words are in them. */
const protectedNodes = new Set(['paragraph', 'heading', 'listItem', 'blockquote', 'codeBlock'])

export const editor = new Editor({
  element: document.getElementById('editor'),
  extensions: [
    StarterKit.configure({ undoRedo: false, trailingNode: false }),
    Collaboration.configure({ document: doc, yUndoOptions: { protectedNodes } }),
    CollaborationCaret.configure({ provider, user: { name: 'Ana', color: '#c0392b' } }),
  ],
})
