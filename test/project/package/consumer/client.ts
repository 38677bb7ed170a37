import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { type SavedEvents, type SavedTracker, trackSaved } from 'ytopic/client'
import { type Granted, onGranted } from 'ytopic/granted'

// What a page writes; it knows neither Bun nor Node.
const params = { saved: '1', grant: '1' }
const url = 'ws://127.0.0.1:1234/ws'
const provider = new WebsocketProvider(url, 'notes', new Y.Doc(), { params })
onGranted(provider, ({ access, user }: Granted) => show(`${user?.name} may ${access}`))
const saved: SavedTracker = trackSaved(provider)
saved.on('saved', (isSaved: boolean) => show(isSaved ? 'saved' : `${saved.pending} to save`))
saved.on('refused', (reason: string) => show(reason))

/** What is shown to the person. */
function show(text: string): void {
  document.title = text
}

export type Named = [SavedEvents]
