// Hocuspocus as its manual has it, on Node.
import { Server } from '@hocuspocus/server'
import { storage } from './storage.mjs'

const server = new Server({
  quiet: true,
  address: '127.0.0.1',
  port: 0,
  websocketOptions: { maxPayload: 256 * 1024 * 1024 },
  ...storage,
})
await server.listen()
console.log(`serves ${server.address.port}`)
