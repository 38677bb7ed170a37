import { createYtopic } from 'ytopic'
import { anonymous } from 'ytopic/anonymous'
import { openSqliteStore } from 'ytopic/sqlite'
import { built } from './build.ts'

const editors = [
  'tiptap',
  'prosemirror',
  'codemirror',
  'quill',
  'monaco',
  'lexical',
  'blocknote',
  'milkdown',
]
const page = await Bun.file(new URL('page.html', import.meta.url)).text()

const store = await openSqliteStore({ directory: './data' })
const ytopic = createYtopic({ store, authority: anonymous('write') })
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: process.env['PORT'] ?? 3000,
  reusePort: false,
  development: false,
  routes: {
    '/': () => html(page.replace('<!--editor-->', `<ul>${editors.map(link).join('')}</ul>`)),
    '/built/:file': ({ params }) => built(params.file),
    ...Object.fromEntries(
      editors.map((editor) => [`/${editor}`, () => html(page.replaceAll('EDITOR', editor))]),
    ),
  },
  fetch: ytopic.fetch,
  websocket: ytopic.websocket,
})
console.log(`open ${server.url}`)

function html(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'text/html; charset=utf-8' } })
}

function link(editor: string): string {
  return `<li><a href="/${editor}?name=Ana">${editor}</a>,
    <a href="/${editor}?name=Ben&color=%23c0392b&protocol=hocuspocus">by Hocuspocus</a></li>`
}
