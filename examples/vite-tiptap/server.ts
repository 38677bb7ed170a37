import { createServer } from 'vite'
import { serve } from 'ytopic'

// The documents, and beside them Vite's own server for the page. Pages of the same host may use a
// ytopic on any port.
const documents = await serve({ port: 0, data: './data' })
const vite = await createServer({
  root: import.meta.dirname,
  // In a checkout of ytopic its own name is a path of tsconfig.json.
  resolve: { tsconfigPaths: true },
  define: { 'import.meta.env.VITE_DOCUMENTS': JSON.stringify(`ws://${documents.url.host}/ws`) },
  server: { host: '127.0.0.1', port: Number(process.env['PORT'] ?? 5173) },
})
await vite.listen()
console.log(`open ${vite.resolvedUrls?.local[0]}`)
