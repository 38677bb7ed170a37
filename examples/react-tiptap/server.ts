import { createYtopic } from 'ytopic'
import { anonymous } from 'ytopic/anonymous'
import { openSqliteStore } from 'ytopic/sqlite'
import page from './index.html'

const store = await openSqliteStore({ directory: './data' })
const ytopic = createYtopic({ store, authority: anonymous('write') })
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: process.env['PORT'] ?? 3000,
  reusePort: false,
  development: false,
  routes: { '/': page },
  fetch: ytopic.fetch,
  websocket: ytopic.websocket,
})
console.log(`open ${server.url}`)
