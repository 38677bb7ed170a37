import { SignJWT } from 'jose'
import { serve } from 'ytopic'
import { createJwtAuthority } from 'ytopic/jwt'
import page from './index.html'

// What the backend and ytopic share. Take it from your secrets: 32 bytes or more.
const secret = process.env['YTOPIC_JWT_SECRET'] ?? crypto.randomUUID()

// ytopic, on an address of its own. It could be `npx ytopic` on another machine, with the secret in
// YTOPIC_JWT_SECRET and `--origin` for the pages of this application.
const authority = await createJwtAuthority({ keys: { kind: 'secret', secret } })
const documents = await serve({ port: 0, data: './data', authority })

/** A token for a minute: what that person may do, and who they are to the others. */
function tokenFor(name: string): Promise<string> {
  return new SignJWT({ name, documents: { 'team/*': 'write' } })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(name)
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(new TextEncoder().encode(secret))
}

// The backend: it knows its people and hands out the tokens.
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: process.env['PORT'] ?? 3000,
  reusePort: false,
  development: false,
  routes: {
    '/': page,
    '/token': {
      async POST(request) {
        // Here your application finds out who asks, as it does for every other request.
        const name = new URL(request.url).searchParams.get('name') ?? ''
        if (!['ana', 'bob'].includes(name)) return new Response('Who are you?', { status: 403 })
        return Response.json({ token: await tokenFor(name), url: documents.url.href })
      },
    },
  },
})
console.log(`open ${server.url}?name=ana`)
