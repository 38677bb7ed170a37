import { EditorView } from '@codemirror/view'
import { yCollab } from 'y-codemirror.next'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { trackSaved } from 'ytopic/client'

const me: { readonly name: string; readonly color: string } | null = await (
  await fetch('/me')
).json()
if (me === null) element('login').hidden = false
else edit(me.name)

/** Opens the team's document; the browser sends the cookie by itself. */
function edit(name: string): void {
  element('logout').hidden = false
  element('me').textContent = `You are ${name}.`
  const document = new Y.Doc()
  const url = `${location.origin.replace('http', 'ws')}/ws`
  const params = { saved: '1' }
  const provider = new WebsocketProvider(url, 'team/notes', document, { params })
  const saved = trackSaved(provider)
  saved.on('change', ({ refusal, saved: all }) => {
    element('status').textContent = refusal ?? (all ? 'All changes saved.' : 'Saving…')
  })
  const text = document.getText('content')
  const together = yCollab(text, provider.awareness)
  new EditorView({ doc: text.toString(), extensions: [together], parent: element('editor') })
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}.`)
  return found
}
