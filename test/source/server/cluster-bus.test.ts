import { expect, test } from 'bun:test'
import { decodeMessage } from '../../../src/cluster/messages.ts'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { inCluster, seenBy } from '../../support/cluster/members.ts'
import { connectHocuspocus, type HocuspocusClient } from '../../support/harness/hocuspocus.ts'
import { type Client, converged } from '../../support/harness/provider.ts'
import type { Store } from '../../../persistence/store.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

/** So seldom that whatever comes has come over the bus. */
const seldom = { heads_poll_ms: 60_000, heads_check_ms: 60_000 } as const

const upgradeHeaders = {
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

const cluster = inCluster(seldom)
const { atEnd, clientOf, serverOf } = cluster

async function hocuspocusOf({ url }: TestServer): Promise<HocuspocusClient> {
  const client = connectHocuspocus(4, `${url}/hocuspocus`, 'notes')
  atEnd(() => client.end())
  await until('synced', () => client.provider.synced)
  return client
}

const textOf = ({ document }: Pick<Client, 'document'>): string => document.getText('t').toString()

function type({ document }: Pick<Client, 'document'>, text: string): void {
  document.getText('t').insert(document.getText('t').length, text)
}

test('CLUSTER-7: over the bus an edit crosses at once, on both protocols', async () => {
  const [a, b, c] = [serverOf(), serverOf(), serverOf()]
  const [one, two, three] = [await clientOf(a), await clientOf(b), await hocuspocusOf(c)]
  type(one, 'one ')
  await until('across', () => textOf(two) === 'one ' && textOf(three) === 'one ')
  type(three, 'three ')
  await converged(one.document, two.document, three.document)
  expect(a.ytopic.metrics.updatesFollowed).toBe(1)
  expect(b.ytopic.metrics.updatesFollowed).toBe(2)
})

test('CLUSTER-7: nothing is said of an edit before it is stored', async () => {
  const heard: string[] = []
  const ear = cluster.network.bus()
  const { hand } = cluster.network
  cluster.network.hand = (channel, bytes) => {
    heard.push(decodeMessage(bytes)?.message?.kind ?? '')
    hand.call(cluster.network, channel, bytes)
  }
  atEnd(() => ear.close())
  const a = serverOf()
  const one = await clientOf(a)
  const release = Promise.withResolvers<void>()
  const append = cluster.database.append.bind(cluster.database)
  cluster.database.append = async (batch) => {
    await release.promise
    return append(batch)
  }
  type(one, 'waits')
  await until('asked', () => a.ytopic.metrics.updatesRelayed === 1)
  expect(heard).not.toContain('row')
  release.resolve()
  await until('said', () => heard.includes('row'))
})

test('CLUSTER-8: a bus that loses, doubles and delays costs nobody an edit', async () => {
  let turn = 0
  cluster.network.fate = () => ([0, 1, 2, 1] as const)[turn++ % 4] ?? 1
  const limits = { heads_check_ms: 100 }
  const [a, b] = [serverOf(limits), serverOf(limits)]
  const [one, two] = [await clientOf(a), await clientOf(b)]
  for (let round = 0; round < 40; round++) {
    type(round % 2 === 0 ? one : two, `${round} `)
    await Bun.sleep(round % 5)
  }
  await until('all', () => textOf(one).split(' ').length === 41)
  await converged(one.document, two.document)
})

test('CLUSTER-8: while the bus is away the store is asked, and when it is back', async () => {
  const limits = { heads_check_ms: 60_000, heads_poll_ms: 50 }
  const [a, b] = [serverOf(limits), serverOf(limits)]
  const [one, two] = [await clientOf(a), await clientOf(b)]
  b.bus.cut()
  type(one, 'away ')
  await until('by the store', () => textOf(two) === 'away ')
  cluster.network.fate = () => 0
  b.bus.raise()
  type(one, 'lost ')
  await until('stored', async () => (await cluster.database.load('notes')).log.length === 2)
  b.bus.cut()
  cluster.network.fate = () => 1
  b.bus.raise()
  await until('read when it was back', () => textOf(two) === 'away lost ')
})

test('CLUSTER-8: at the loss of the bus the store is asked at once', async () => {
  const [a, b] = [serverOf(), serverOf()]
  const [one, two] = [await clientOf(a), await clientOf(b)]
  cluster.network.fate = () => 0
  type(one, 'lost on the way')
  await until('stored', async () => (await cluster.database.load('notes')).log.length === 1)
  b.bus.cut()
  await until('by the store', () => textOf(two) === 'lost on the way')
})

test('CLUSTER-8: a server that does not hear itself connects anew', async () => {
  const a = serverOf({ ...seldom })
  a.bus.isDeaf = true
  await until('renewed', () => a.bus.renewals.length > 0)
  expect(a.bus.isDeaf).toBe(false)
})

test('CLUSTER-24, CLUSTER-28: a client that is sent away and on loses nothing', async () => {
  const store: { trouble?: string | undefined } & Store = cluster.database.opened()
  const options = { authority: anonymous('admin'), bus: cluster.network.bus() }
  const a = startServer({ ...seldom, store_elsewhere_ms_max: 0 }, store, options)
  atEnd(() => a.stop())
  const [one, two] = [await clientOf(a), await clientOf(serverOf())]
  const codes: unknown[] = []
  one.provider.on('connection-close', (event) => void codes.push(event?.code))
  store.trouble = 'The test has taken it away.'
  await until('sent away', () => codes.length > 0)
  type(one, 'meanwhile')
  const refused = await fetch(`${a.http}/ws/notes`, { headers: upgradeHeaders })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  store.trouble = undefined
  await until('back', () => one.provider.synced)
  await converged(one.document, two.document)
  expect(codes[0]).toBe(1012)
}, 120_000)

test('CLUSTER-10: what is said beside a document is heard on all servers', async () => {
  const [a, b] = [serverOf(), serverOf()]
  const one = await hocuspocusOf(b)
  const heard: string[] = []
  one.provider.on('stateless', ({ payload }: { payload: string }) => heard.push(payload))
  expect(a.ytopic.broadcastStateless('notes', 'hello')).toBe(false)
  await until('heard', () => heard.length > 0)
  expect(b.ytopic.broadcastStateless('notes', 'again')).toBe(true)
  await until('heard', () => heard.length > 1)
  expect(heard).toEqual(['hello', 'again'])
})

test('CLUSTER-11: access that is taken back on one server is taken back on all', async () => {
  const revoked: unknown[] = []
  const authority = { ...anonymous('write'), revoke: (what: unknown) => void revoked.push(what) }
  const bus = cluster.network.bus()
  const b = startServer(seldom, cluster.database.opened(), { authority, bus })
  atEnd(() => b.stop())
  await serverOf().ytopic.revoke({ document: 'notes', id: 'ana' })
  await until('there', () => revoked.length > 0)
  expect(revoked).toEqual([expect.objectContaining({ document: 'notes', id: 'ana' })])
})

test('CLUSTER-12: bytes that are no message change nothing', async () => {
  const channels: string[] = []
  const { hand } = cluster.network
  cluster.network.hand = (channel, bytes) => {
    channels.push(channel)
    hand.call(cluster.network, channel, bytes)
  }
  const [a, b] = [serverOf(), serverOf()]
  const [one, two] = [await clientOf(a), await clientOf(b)]
  type(one, 'sound')
  await until('across', () => textOf(two) === 'sound')
  const head = Uint8Array.of(1, 0, 1, 2, 3, 4, 5, 6, 7, 8)
  for (const channel of new Set(channels)) {
    for (let kind = 0; kind < 9; kind++) {
      for (const length of [0, 3, 36, 60]) {
        const bytes = Buffer.concat([head, Buffer.alloc(length, 0xff)])
        bytes[1] = kind
        cluster.network.hand(channel, bytes)
      }
    }
    cluster.network.hand(channel, Uint8Array.of(9))
  }
  type(one, ' and well')
  await until('across', () => textOf(two) === 'sound and well')
  expect(b.ytopic.metrics.roomsFailed).toBe(0)
})

test('CLUSTER-22: in a crowd the presence of a moment crosses as one message', async () => {
  const [a, b] = [serverOf({ ...seldom, awareness_batch_sessions_min: 3 }), serverOf()]
  const [one, two, , far] = [
    await clientOf(a),
    await clientOf(a),
    await clientOf(a),
    await clientOf(b),
  ]
  let messages = 0
  const { hand } = cluster.network
  cluster.network.hand = (channel, bytes) => {
    if (decodeMessage(bytes)?.message?.kind === 'presence') messages++
    hand.call(cluster.network, channel, bytes)
  }
  for (let at = 0; at <= 50; at++) {
    for (const client of [one, two]) client.provider.awareness.setLocalStateField('user', at)
  }
  await until('the latest is seen', () => seenBy(far).filter((at) => at === 50).length === 2)
  expect(messages).toBeLessThan(20)
})

test('CLUSTER-25: who has a document open that is deleted elsewhere is told, at once', async () => {
  const [a, b] = [serverOf(), serverOf()]
  const [one, many] = [await clientOf(b), await hocuspocusOf(b)]
  type(one, 'x')
  await until('stored', async () => (await cluster.database.load('notes')).log.length > 0)
  const code = Promise.withResolvers<number | undefined>()
  one.provider.on('connection-close', (event) => code.resolve(event?.code))
  const denied = Promise.withResolvers<string>()
  many.provider.on('authenticationFailed', ({ reason }: { reason: string }) =>
    denied.resolve(reason),
  )
  await fetch(`${a.http}/api/v1/documents/notes`, { method: 'DELETE' })
  expect(await code.promise).toBe(4404)
  expect(await denied.promise).toContain('deleted')
})
