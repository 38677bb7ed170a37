// Hocuspocus as its manual has it for several servers, on Node: extension-redis between them, and
// extension-database with pg behind them.
import { parseArgs } from 'node:util'
import { Database } from '@hocuspocus/extension-database'
import { Redis } from '@hocuspocus/extension-redis'
import { Server } from '@hocuspocus/server'
import pg from 'pg'

// The words of `ytopic serve`, so that both are started alike.
const { values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    port: { type: 'string', default: '0' },
    store: { type: 'string' },
    bus: { type: 'string' },
  },
})

const pool = new pg.Pool({ connectionString: values.store })
// Without a listener a connection that breaks would end the process.
pool.on('error', () => undefined)
await pool.query('CREATE TABLE IF NOT EXISTS documents (name text PRIMARY KEY, data bytea)')

const bus = new URL(values.bus)
const server = new Server({
  quiet: true,
  address: '127.0.0.1',
  port: Number(values.port),
  extensions: [
    new Redis({ host: bus.hostname, port: Number(bus.port) }),
    new Database({
      async fetch({ documentName }) {
        const found = 'SELECT data FROM documents WHERE name = $1'
        const { rows } = await pool.query(found, [documentName])
        return rows[0]?.data ?? null
      },
      async store({ documentName, state }) {
        const kept =
          'INSERT INTO documents VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET data = $2'
        await pool.query(kept, [documentName, state])
      },
    }),
  ],
})
await server.listen()
console.log(`serves http://127.0.0.1:${server.address.port}`)
