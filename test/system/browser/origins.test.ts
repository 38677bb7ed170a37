import { afterAll, expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { openStage } from './stage.ts'

const stage = await share(openStage(), patienceMs)
const site = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
})

afterAll(() => site.stop(true))

/** What a page at that host sees of a socket to our server: its close, or the first answer. */
async function socketFrom(host: string): Promise<{ code: number; bytes: string }> {
  const person = await stage.person()
  const page = await person.newPage()
  await page.goto(`http://${host}:${site.port}/`)
  return page.evaluate(async (url) => {
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    const heard: number[] = []
    return new Promise<{ code: number; bytes: string }>((resolve) => {
      socket.addEventListener('open', () => socket.send(Uint8Array.of(0, 0, 1, 0)))
      socket.addEventListener('message', ({ data }) => {
        heard.push(...new Uint8Array(data as ArrayBuffer).subarray(0, 2))
        if (heard[0] === 0) resolve({ code: 0, bytes: heard.join(' ') })
      })
      socket.addEventListener('close', ({ code }) => resolve({ code, bytes: heard.join(' ') }))
    })
  }, `${stage.server.url}/ws/origins`)
}

test(
  'ORIGIN-1: in a real browser a page of another site gets a refusal and nothing else',
  async () => {
    expect(await socketFrom('other.localhost')).toEqual({ code: 4420, bytes: '2 0' })
  },
  patienceMs,
)

test(
  'ORIGIN-2: in a real browser a page of this machine opens a document',
  async () => {
    expect(await socketFrom('localhost')).toEqual({ code: 0, bytes: '0 1' })
  },
  patienceMs,
)
