import { withCollaboration } from '@blocknote/core/yjs'
import { BlockNoteView } from '@blocknote/mantine'
import { useCreateBlockNote } from '@blocknote/react'
import { createRoot } from 'react-dom/client'
import { defaultDeleteFilter, yUndoPluginKey } from 'y-prosemirror'
import type { Item } from 'yjs'
import { connect, place, user } from './connect.ts'
import '@blocknote/mantine/style.css'

const { doc, awareness } = connect('blocknote')

function Page() {
  // An option `collaboration` without `withCollaboration` is passed over without a word.
  const editor = useCreateBlockNote(
    withCollaboration({
      collaboration: { fragment: doc.getXmlFragment('blocknote'), provider: { awareness }, user },
    }),
  )
  // Every block of the schema: an undo leaves it alone while other people's words are in it.
  editor.onMount(() => {
    const { state } = editor.prosemirrorView
    const blocks = new Set(Object.keys(state.schema.nodes))
    const history = yUndoPluginKey.getState(state)?.undoManager
    if (history !== undefined) {
      history.deleteFilter = (item: Item) => defaultDeleteFilter(item, blocks)
    }
  })
  return <BlockNoteView editor={editor} />
}

createRoot(place).render(<Page />)
