import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { StarterKit } from '@tiptap/starter-kit'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { Schema } from '@tiptap/pm/model'
import { EditorState as ProseState } from '@tiptap/pm/state'
import { EditorView as ProseView } from '@tiptap/pm/view'
import { HocuspocusProvider } from 'hocuspocus-provider-4'
import Quill from 'quill'
import { yCollab } from 'y-codemirror.next'
import { ySyncPlugin } from 'y-prosemirror'
import { QuillBinding } from 'y-quill'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

/** The editors that are bound as their makers' pages say. */
export type EditorKind = 'tiptap' | 'prosemirror' | 'quill' | 'codemirror'

const schema = new Schema({
  nodes: {
    doc: { content: 'block+' },
    paragraph: { content: 'text*', group: 'block', toDOM: () => ['p', 0] },
    blockquote: { content: 'block+', group: 'block', toDOM: () => ['blockquote', 0] },
    text: {},
  },
})

/** What one page has open. */
export interface OpenEditor {
  /** Updates that this page has sent. */
  readonly sent: () => number
  readonly synced: () => boolean
  readonly deleted: () => number
  readonly goOffline: () => void
  readonly goOnline: () => unknown
}

/** Opens a document in an editor that is bound before anything has come from the server. */
function openEditor(
  kind: EditorKind,
  protocol: 'y-websocket' | 'hocuspocus',
  url: string,
  name: string,
): OpenEditor {
  const document = new Y.Doc()
  let sent = 0
  let deleted = 0
  let synced = false
  bind(kind, document, globalThis.document.body)
  const whenSynced = (): void => {
    synced = true
  }
  const connect = (): HocuspocusProvider | WebsocketProvider => {
    if (protocol === 'hocuspocus') {
      return new HocuspocusProvider({
        url: `${url}/hocuspocus`,
        name,
        document,
        onSynced: whenSynced,
      })
    }
    const socket = new WebsocketProvider(`${url}/ws`, name, document, { disableBc: true })
    socket.on('sync', whenSynced)
    return socket
  }
  const provider = connect()
  document.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin === provider) return
    sent++
    deleted += Y.decodeUpdate(update).ds.clients.size
  })
  return {
    sent: () => sent,
    synced: () => synced,
    deleted: () => deleted,
    goOffline() {
      synced = false
      provider.disconnect()
    },
    goOnline: () => provider.connect(),
  }
}

function bind(kind: EditorKind, document: Y.Doc, element: HTMLElement): unknown {
  const fragment = document.getXmlFragment('rich')
  switch (kind) {
    case 'tiptap': {
      const kit = StarterKit.configure({ undoRedo: false, trailingNode: false })
      return new Editor({ element, extensions: [kit, Collaboration.configure({ fragment })] })
    }
    case 'prosemirror': {
      const state = ProseState.create({ schema, plugins: [ySyncPlugin(fragment)] })
      return new ProseView(element, { state })
    }
    case 'quill':
      return new QuillBinding(document.getText('text'), new Quill(element))
    case 'codemirror': {
      const text = document.getText('text')
      const state = EditorState.create({ doc: text.toString(), extensions: [yCollab(text, null)] })
      return new EditorView({ parent: element, state })
    }
  }
}

Object.assign(globalThis, { openEditor })
