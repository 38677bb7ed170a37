import { writeSync } from 'node:fs'
import { serve } from 'ytopic'
import { trackSaved } from 'ytopic/client'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

// One round through server and client, on whatever yjs is installed: what one page writes is saved,
// another page has it, it is there after a restart that has folded it, and a version brings back
// what was deleted since.
const limits = { roomIdleMsMax: 0, tailUpdatesMax: 1 }
const open = { port: 0, data: './round', limits }

/** A page on the document, once it has what the server has. */
async function page(url: URL, connect = true): Promise<WebsocketProvider> {
  const options = { connect, disableBc: true, params: { saved: '1' } }
  const provider = new WebsocketProvider(`ws://${url.host}/ws`, 'notes', new Y.Doc(), options)
  if (!connect) return provider
  await new Promise<void>((resolve) => {
    provider.on('sync', () => resolve())
  })
  return provider
}

const first = await serve(open)
const writer = await page(first.url, false)
const saved = trackSaved(writer)
writer.connect()
writer.doc.getText('t').insert(0, 'hello')
writer.doc.getMap('m').set('list', Y.Array.from([1, 2]))
await new Promise<void>((resolve) => {
  saved.on('saved', (isSaved) => isSaved && resolve())
})
const reader = await page(first.url)
writeSync(1, `${reader.doc.getText('t').toJSON()} `)
writer.destroy()
reader.destroy()
await first.stop()

const second = await serve(open)
const again = await page(second.url)
writeSync(1, `${again.doc.getText('t').toJSON()} ${JSON.stringify(again.doc.getMap('m'))} `)
const { documents } = second.ytopic
const { id } = await documents.keep('notes', { name: 'whole' })
const own = await documents.open('notes')
await own.transact((document: Y.Doc) => document.getMap('m').delete('list'))
await documents.restore('notes', id)
writeSync(1, `${JSON.stringify(await own.read('json'))}\n`)
own.close()
again.destroy()
await second.stop()
process.exit(0)
