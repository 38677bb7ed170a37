import { EditorView } from '@codemirror/view'
import { yCollab } from 'y-codemirror.next'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

/** Asks the backend for a token, and where ytopic is. */
async function fetchToken(): Promise<{ readonly token: string; readonly url: string }> {
  const answer = await fetch(`/token${location.search}`, { method: 'POST' })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json()
}

const { token, url } = await fetchToken()
const doc = new Y.Doc()
const provider = new WebsocketProvider(`${url.replace('http', 'ws')}ws`, 'team/notes', doc, {
  // Not in the URL, which proxies write to their logs.
  protocols: ['ytopic', `token.${token}`],
})
provider.on('status', ({ status }) => {
  const place = document.getElementById('status')
  if (place !== null) place.textContent = status
})
// The token has run out: with the next one it goes on.
provider.on('connection-close', async (event) => {
  if (event?.code !== 4401) return
  const next = await fetchToken()
  provider.protocols = ['ytopic', `token.${next.token}`]
  provider.connect()
})

const text = doc.getText('content')
const parent = document.getElementById('editor') ?? document.body
export const editor = new EditorView({
  doc: text.toString(),
  extensions: [yCollab(text, provider.awareness)],
  parent,
})
