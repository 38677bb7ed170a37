import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type Authority, createYtopic, type Who } from 'ytopic'
import { openSqliteStore } from 'ytopic/sqlite'
import page from './index.html'

// Whom your application knows, and who is logged in.
const people: ReadonlyMap<string, Who> = new Map([
  ['ana', { id: 'ana', name: 'Ana', color: '#c0392b' }],
  ['bob', { id: 'bob', name: 'Bob', color: '#2471a3' }],
])
const sessions = new Map<string, Who>()

const app = new Hono()
app.get('/me', (c) => c.json(sessions.get(getCookie(c, 'session') ?? '') ?? null))
app.post('/login', async (c) => {
  const { name, password } = await c.req.parseBody()
  const who = people.get(String(name))
  if (who === undefined || password !== who.id) return c.text('No such name and password.', 403)
  const session = crypto.randomUUID()
  sessions.set(session, who)
  setCookie(c, 'session', session, { httpOnly: true, sameSite: 'Lax' })
  return c.redirect('/', 303)
})
app.post('/logout', async (c) => {
  const session = deleteCookie(c, 'session') ?? ''
  const id = sessions.get(session)?.id
  sessions.delete(session)
  // Their open pages are decided about anew.
  if (id !== undefined) await ytopic.revoke({ id })
  return c.redirect('/', 303)
})

// The cookie that the page has decides: everybody writes in `team/…` and in their own folder.
const authority: Authority = {
  needsToken: true,
  decide(session, document) {
    const who = sessions.get(session ?? '')
    if (who === undefined) return { kind: 'denied', reason: 'Please log in.' }
    const mine = document.startsWith('team/') || document.startsWith(`${who.id}/`)
    return { kind: 'granted', grant: { access: mine ? 'write' : 'read', who } }
  },
}

const store = await openSqliteStore({ directory: './data' })
const ytopic = createYtopic({ store, authority, tokenCookie: 'session' })

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: process.env['PORT'] ?? 3000,
  reusePort: false,
  development: false,
  routes: { '/': page },
  // Documents are ytopic's, all else is the application's.
  fetch(request, self) {
    const { pathname } = new URL(request.url)
    return pathname.startsWith('/ws/') ? ytopic.fetch(request, self) : app.fetch(request)
  },
  websocket: ytopic.websocket,
})
console.log(`open ${server.url}`)
