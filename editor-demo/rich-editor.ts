import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret'
import { Placeholder } from '@tiptap/extensions/placeholder'
import { StarterKit } from '@tiptap/starter-kit'
import type { Client } from './client.ts'
import type { Person } from './person.ts'

/** Puts a rich-text editor for the client's prose into `parent`. */
export function createRichEditor(parent: HTMLElement, client: Client, person: Person): Editor {
  return new Editor({
    element: parent,
    // The page's own stylesheet holds these rules, so that fewer styles are injected.
    injectCSS: false,
    editorProps: {
      attributes: {
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': 'Text, edited together',
      },
    },
    extensions: [
      // Undo must take back one's own edits only, which Collaboration's undo does.
      StarterKit.configure({ undoRedo: false, link: { openOnClick: false } }),
      Collaboration.configure({ fragment: client.prose }),
      CollaborationCaret.configure({
        provider: client.provider,
        user: { ...person },
        selectionRender: (user) => ({ style: `background-color: ${user['color']}33` }),
      }),
      Placeholder.configure({
        placeholder: 'Write here. Everybody with the link sees it at once.',
      }),
    ],
  })
}
