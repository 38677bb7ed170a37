import { SignJWT } from 'jose'
import { createYtopic } from 'ytopic'
import { createJwtAuthority } from 'ytopic/jwt'
import { openSqliteStore } from 'ytopic/sqlite'
import { buildScripts } from './build.ts'

const secret = process.env['YTOPIC_JWT_SECRET'] ?? crypto.randomUUID()
const ytopic = createYtopic({
  store: await openSqliteStore({ directory: './data' }),
  authority: await createJwtAuthority({ keys: { kind: 'secret', secret } }),
})

/** A token for a minute: what that person may do, and who they are to the others. */
function tokenFor(name: string): Promise<string> {
  return new SignJWT({ name, documents: { 'team/*': 'write' } })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(name)
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(new TextEncoder().encode(secret))
}

const scripts = await buildScripts()
const shell = await Bun.file(new URL('page.html', import.meta.url)).text()
const html = 'text/html; charset=utf-8'
const inFrameworks = Object.fromEntries(
  ['react', 'vue', 'svelte'].map((name) => [
    `/${name}`,
    () => new Response(shell.replaceAll('FRAMEWORK', name), { headers: { 'content-type': html } }),
  ]),
)
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: process.env['PORT'] ?? 3000,
  reusePort: false,
  development: false,
  routes: {
    '/plain': new Response(Bun.file(new URL('plain.html', import.meta.url))),
    ...inFrameworks,
    '/page.css': new Response(Bun.file(new URL('page.css', import.meta.url))),
    '/built/:file': ({ params }) => new Response(scripts.get(params.file)),
    '/token': {
      async POST(request) {
        // Here your application finds out who asks, as it does for every other request.
        const name = new URL(request.url).searchParams.get('name') ?? ''
        if (!['ana', 'bob'].includes(name)) return new Response('Who are you?', { status: 403 })
        return new Response(await tokenFor(name))
      },
    },
  },
  fetch: ytopic.fetch,
  websocket: ytopic.websocket,
})
console.log(`open ${server.url}react?name=ana, or plain, vue, svelte in its place`)
