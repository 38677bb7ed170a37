import { LexicalCollaboration } from '@lexical/react/LexicalCollaborationContext'
import { CollaborationPlugin } from '@lexical/react/LexicalCollaborationPlugin'
import { LexicalComposer } from '@lexical/react/LexicalComposer'
import { useLexicalComposerContext } from '@lexical/react/LexicalComposerContext'
import { ContentEditable } from '@lexical/react/LexicalContentEditable'
import { LexicalErrorBoundary } from '@lexical/react/LexicalErrorBoundary'
import { RichTextPlugin } from '@lexical/react/LexicalRichTextPlugin'
import { useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import type { Doc } from 'yjs'
import { connect, place, user } from './connect.ts'
import { undoOwnWords } from './lexical-undo.ts'

const { doc, awareness, provider, begin } = connect('lexical', false)

/**
 * Lexical's binding shows only what comes after it has been made, so it connects by itself, and it
 * waits for `sync`, which Hocuspocus calls `synced`.
 */
function provide(name: string, docs: Map<string, Doc>): any {
  docs.set(name, doc)
  const named = (event: string): any =>
    event === 'sync' && 'attach' in provider ? 'synced' : event
  return {
    awareness,
    connect: begin,
    disconnect: () => provider.disconnect(),
    on: (event: string, listener: any) => provider.on(named(event), listener),
    off: (event: string, listener: any) => provider.off(named(event), listener),
  }
}

function OwnUndo(): null {
  const [editor] = useLexicalComposerContext()
  useEffect(() => undoOwnWords(editor, doc), [editor])
  return null
}

createRoot(place).render(
  <LexicalCollaboration>
    <LexicalComposer
      // Null: the document comes from the server, not from here.
      initialConfig={{ namespace: 'lexical', editorState: null, onError: console.error }}
    >
      <RichTextPlugin contentEditable={<ContentEditable />} ErrorBoundary={LexicalErrorBoundary} />
      <CollaborationPlugin
        id="lexical"
        providerFactory={provide}
        shouldBootstrap={false}
        username={user.name}
        cursorColor={user.color}
      />
      <OwnUndo />
    </LexicalComposer>
  </LexicalCollaboration>,
)
