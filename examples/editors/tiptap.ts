import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret'
import { StarterKit } from '@tiptap/starter-kit'
import { connect, place, user } from './connect.ts'

const { doc, provider } = connect('tiptap')

// Blocks that an undo leaves alone while other people's words are in them. Without the set only
// paragraphs are protected, and a heading goes with all that is in it.
const protectedNodes = new Set([
  'paragraph',
  'heading',
  'bulletList',
  'orderedList',
  'listItem',
  'blockquote',
  'codeBlock',
])

export const editor = new Editor({
  element: place,
  extensions: [
    // Yjs keeps the history. What adds a last paragraph would forget the redo after each undo.
    StarterKit.configure({ undoRedo: false, trailingNode: false }),
    Collaboration.configure({ document: doc, yUndoOptions: { protectedNodes } }),
    CollaborationCaret.configure({ provider, user }),
  ],
})
