import { type Authority, createYtopic, type Who } from 'ytopic'
import { openSqliteStore } from 'ytopic/sqlite'
import page from './index.html'

// Whom your application knows, and who is logged in.
const people: ReadonlyMap<string, Who> = new Map([
  ['ana', { id: 'ana', name: 'Ana', color: '#c0392b' }],
  ['bob', { id: 'bob', name: 'Bob', color: '#2471a3' }],
])
const sessions = new Map<string, Who>()

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
  routes: {
    '/': page,
    '/me': ({ cookies }) => Response.json(sessions.get(cookies.get('session') ?? '') ?? null),
    '/login': {
      async POST(request) {
        const form = await request.formData()
        const who = people.get(String(form.get('name')))
        if (who === undefined || form.get('password') !== who.id) {
          return new Response('No such name and password.', { status: 403 })
        }
        const session = crypto.randomUUID()
        sessions.set(session, who)
        request.cookies.set('session', session, { httpOnly: true, sameSite: 'lax' })
        return Response.redirect('/', 303)
      },
    },
    '/logout': {
      async POST(request) {
        const who = sessions.get(request.cookies.get('session') ?? '')
        sessions.delete(request.cookies.get('session') ?? '')
        request.cookies.delete('session')
        // Their open pages are decided about anew.
        if (who?.id !== undefined) await ytopic.revoke({ id: who.id })
        return Response.redirect('/', 303)
      },
    },
  },
  fetch: ytopic.fetch,
  websocket: ytopic.websocket,
})
console.log(`open ${server.url}`)
