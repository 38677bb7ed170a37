import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret'
import { Placeholder } from '@tiptap/extensions/placeholder'
import { StarterKit } from '@tiptap/starter-kit'
import type { Client } from './client.ts'
import { mayWrite } from './link.ts'
import { undoOwn } from './own-undo.ts'
import { parsePerson } from './person.ts'
import type { Person } from './person.ts'
import { connectToolbar } from './toolbar.ts'

/**
 * Puts a rich-text editor for the client's prose into `parent`, with its toolbar; it is locked for
 * as long as the server takes nothing. Gives the function that takes it away.
 */
export function createRichEditor(
  parent: HTMLElement,
  toolbar: HTMLElement,
  client: Client,
  person: Person,
): () => void {
  const { awareness } = client.link
  // A name fades while its caret rests. ProseMirror moves the faded element, so it is woken here.
  const wake = ({ updated }: { readonly updated: readonly number[] }): void => {
    const states = awareness.getStates()
    wakeNames(parent, new Set(updated.map((id) => parsePerson(states.get(id)?.['user']).name)))
  }
  awareness.on('change', wake)
  const unwatch = client.link.watch(() => {
    if (editor.isEditable === mayWrite(client.link)) return
    editor.setOptions({ editorProps: { attributes: attributesFor(client) } })
    editor.setEditable(mayWrite(client.link))
  })
  const editor: Editor = new Editor({
    element: parent,
    editable: mayWrite(client.link),
    onDestroy: () => {
      unwatch()
      awareness.off('change', wake)
    },
    // The page's own stylesheet holds these rules, so that fewer styles are injected.
    injectCSS: false,
    editorProps: { attributes: attributesFor(client) },
    extensions: [
      // A trailing paragraph would be written by everybody's editor, and end redo by that.
      StarterKit.configure({ undoRedo: false, trailingNode: false, link: { openOnClick: false } }),
      Collaboration.configure({
        fragment: client.prose,
        yUndoOptions: { undoManager: undoOwn(client.prose, () => editor.schema) },
      }),
      CollaborationCaret.configure({
        provider: client.link,
        user: { ...person },
        selectionRender: (user) => ({ style: `background-color: ${user['color']}33` }),
      }),
      Placeholder.configure({
        placeholder: 'Write here. Everybody with the link sees it at once.',
      }),
    ],
  })
  connectToolbar(toolbar, editor)
  return () => editor.destroy()
}

function attributesFor({ link }: Client): Record<string, string> {
  return {
    role: 'textbox',
    'aria-multiline': 'true',
    'aria-label': 'Text, edited together',
    'aria-readonly': String(!mayWrite(link)),
    // What cannot be written in can still be reached by keyboard, to be read.
    tabindex: '0',
  }
}

function wakeNames(parent: HTMLElement, names: ReadonlySet<string>): void {
  for (const label of parent.querySelectorAll('.collaboration-carets__label')) {
    if (!names.has(label.textContent)) continue
    for (const animation of label.getAnimations()) animation.currentTime = 0
  }
}
