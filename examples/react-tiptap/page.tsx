import { Collaboration } from '@tiptap/extension-collaboration'
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret'
import { EditorContent, useEditor } from '@tiptap/react'
import { StarterKit } from '@tiptap/starter-kit'
import { useEffect, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { trackSaved } from 'ytopic/client'

// The document lives as long as the page, not as long as a component: React makes those anew.
const document = new Y.Doc()
const url = `${location.origin.replace('http', 'ws')}/ws`
const params = { saved: '1' }
const provider = new WebsocketProvider(url, 'notes', document, { params })
const tracker = trackSaved(provider)

/** Blocks that an undo leaves alone while other people's words are in them. */
const protectedNodes = new Set(['paragraph', 'heading', 'listItem', 'blockquote', 'codeBlock'])

/** What the server says of this page's edits. */
function useStatus(): string {
  return useSyncExternalStore(
    (told) => {
      tracker.on('change', told)
      return () => tracker.off('change', told)
    },
    () => tracker.refusal ?? (tracker.saved ? 'All changes saved.' : 'Saving…'),
  )
}

function Notes({ name }: { readonly name: string }): React.JSX.Element {
  const status = useStatus()
  const editor = useEditor({
    extensions: [
      StarterKit.configure({ undoRedo: false, trailingNode: false }),
      Collaboration.configure({ document, yUndoOptions: { protectedNodes } }),
      CollaborationCaret.configure({ provider, user: { name, color: '#2471a3' } }),
    ],
  })
  useEffect(() => {
    editor.commands.focus('end')
  }, [editor])
  return (
    <>
      <p role="status">{status}</p>
      <EditorContent editor={editor} />
    </>
  )
}

const root = globalThis.document.getElementById('root')
if (root === null) throw new Error('The page has no #root.')
createRoot(root).render(<Notes name={new URLSearchParams(location.search).get('name') ?? 'Ana'} />)
