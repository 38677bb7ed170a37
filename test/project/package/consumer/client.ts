import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { type SavedEvents, type SavedTracker, trackSaved } from 'ytopic/client'
import { type Granted, onGranted } from 'ytopic/granted'
import { type Inspected, openInspector, overWebsocket as inspected } from 'ytopic/inspector'
import { type EarlierCopy, keepOffline, type OfflineCopy, overWebsocket } from 'ytopic/offline'

// What a page writes; it knows neither Bun nor Node.
const params = { saved: '1', grant: '1' }
const url = 'ws://127.0.0.1:1234/ws'
const doc = new Y.Doc()
const copy: OfflineCopy = keepOffline(doc, { server: url, document: 'notes', person: 'ada' })
const provider = new WebsocketProvider(url, 'notes', doc, { params })
onGranted(provider, ({ access, user }: Granted) => show(`${user?.name} may ${access}`))
const saved: SavedTracker = trackSaved(provider)
saved.on('saved', (isSaved: boolean) => show(isSaved ? 'saved' : `${saved.pending} to save`))
saved.on('refused', (reason: string) => show(reason))
copy.follow(overWebsocket(provider, saved))
copy.on('change', () => show(copy.problem ?? `${copy.pending} kept: ${copy.kept}`))
const [before]: readonly EarlierCopy[] = await copy.earlier()
if (before !== undefined) Y.applyUpdate(new Y.Doc(), await before.read())
const subject: Inspected = inspected(provider)
openInspector(document.body, subject, { server: url, document: 'notes', token: undefined })

/** What is shown to the person. */
function show(text: string): void {
  document.title = text
}

export type Named = [SavedEvents]
