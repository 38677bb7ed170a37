import { afterAll, expect, test } from 'bun:test'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { startServer } from '../../support/harness/server.ts'
import { patienceMs, share } from '../../support/share.ts'
import { openStage } from './stage.ts'

const stage = await share(openStage(), patienceMs)
const authority = new LiveAuthority()
authority.grant('a.signed-token', { access: 'read' })
const server = startServer({ deny_delay_ms: 20 }, undefined, { authority })
const site = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
})

afterAll(async () => {
  await server.stop()
  await site.stop(true)
})

/** What a page sees that offers those subprotocols: the one that was chosen and the first byte. */
async function seen(protocols: readonly string[]): Promise<string> {
  const page = await (await stage.person()).newPage()
  await page.goto(site.url.href)
  return page.evaluate(
    async ([url, offered]) => {
      const socket = new WebSocket(url, [...offered])
      socket.binaryType = 'arraybuffer'
      return new Promise<string>((resolve) => {
        socket.addEventListener('open', () => socket.send(Uint8Array.of(0, 0, 1, 0)))
        socket.addEventListener('message', ({ data }) =>
          resolve(`${socket.protocol}: ${new Uint8Array(data as ArrayBuffer)[0]}`),
        )
        socket.addEventListener('close', ({ code }) => resolve(`closed: ${code}`))
      })
    },
    [`${server.url}/ws/notes`, protocols] as const,
  )
}

test(
  'AUTH-10: a real browser shows its token as a subprotocol beside another',
  async () => {
    expect(await seen(['ytopic', 'token.a.signed-token'])).toBe('ytopic: 0')
    expect(await seen(['token.a.signed-token', 'ytopic'])).toBe('ytopic: 0')
    expect(await seen(['ytopic', 'token.another'])).toBe('ytopic: 2')
    // Browsers insist on an answer, and the token is none.
    expect(await seen(['token.a.signed-token'])).toBe('closed: 1006')
  },
  patienceMs,
)
