import { expect, test } from 'bun:test'
import { inCluster, seenBy } from '../../support/cluster/members.ts'
import { type Client, connect, synced } from '../../support/harness/provider.ts'
import type { TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

const cluster = inCluster()
const { atEnd, clientOf, serverOf } = cluster

/** The same page on another server, before its old connection is known to be dead. */
async function movedTo({ url }: TestServer, { document, provider }: Client): Promise<Client> {
  const moved = connect(`${url}/ws`, 'notes', document)
  moved.provider.awareness.clientID = provider.awareness.clientID
  moved.provider.awareness.setLocalState(provider.awareness.getLocalState())
  atEnd(() => moved.provider.destroy())
  await synced(moved)
  return moved
}

test('CLUSTER-9: people see each other across servers, and go when they leave', async () => {
  const [a, b] = [serverOf(), serverOf()]
  const one = await clientOf(a)
  one.provider.awareness.setLocalStateField('user', 'Ana')
  // The second server opens the document when she is there already.
  const two = await clientOf(b)
  two.provider.awareness.setLocalStateField('user', 'Ben')
  await until('Ana sees both', () => seenBy(one).length === 2)
  await until('Ben sees both', () => seenBy(two).length === 2)
  two.end()
  await until('Ben is gone', () => seenBy(one).length === 1)
})

test('CLUSTER-9: a client that moves stays one person, who does not flicker', async () => {
  const [a, b] = [serverOf(), serverOf()]
  const [watching, moving] = [await clientOf(a), await clientOf(a)]
  moving.provider.awareness.setLocalStateField('user', 'Ana')
  await until('seen', () => seenBy(watching).length === 1)
  let wasGone = false
  watching.provider.awareness.on('change', () => {
    wasGone ||= seenBy(watching).length === 0
  })
  await movedTo(b, moving)
  await until('b has it', () => b.ytopic.metrics.awarenessRelayed > 0)
  moving.provider.shouldConnect = false
  moving.provider.ws?.close()
  await until('closed', () => !moving.provider.wsconnected)
  const late = await clientOf(a)
  await until('seen by who comes', () => seenBy(late).length === 1)
  expect(wasGone).toBe(false)
})

test('CLUSTER-9: the people of a server that is silent for too long go', async () => {
  const [a, b] = [serverOf({ server_silence_ms_max: 2_000 }), serverOf()]
  const [one, two] = [await clientOf(a), await clientOf(b)]
  two.provider.awareness.setLocalStateField('user', 'Ben')
  await until('seen', () => seenBy(one).length === 1)
  // As if it was killed: nothing is said any more.
  b.bus.isUp = false
  await until('gone', () => seenBy(one).length === 0)
})

test.each([
  ['who came and left while the bus was away is told when it is back', 1],
  ['a server that missed it all is told by one that did not notice', 0],
] as const)('CLUSTER-30: %s', async (_, cut) => {
  const servers = [serverOf(), serverOf()] as const
  const [a, b] = servers
  const [one, two] = [await clientOf(a), await clientOf(b)]
  one.provider.awareness.setLocalStateField('user', 'Ana')
  await until('seen', () => seenBy(two).length === 1)
  servers[cut].bus.cut()
  one.end()
  const late = await clientOf(a)
  late.provider.awareness.setLocalStateField('user', 'Cem')
  await until('taken', () => a.ytopic.metrics.awarenessRelayed > 1)
  servers[cut].bus.raise()
  await until('Cem alone', () => seenBy(two).join() === 'Cem')
})

test('CLUSTER-30: who was taken for gone is seen again as soon as the bus is back', async () => {
  const [a, b] = [serverOf(), serverOf({ server_silence_ms_max: 2_000 })]
  const [one, two] = [await clientOf(a), await clientOf(b)]
  one.provider.awareness.setLocalStateField('user', 'Ana')
  await until('seen', () => seenBy(two).length === 1)
  a.bus.cut()
  await until('taken for gone', () => seenBy(two).length === 0)
  a.bus.raise()
  // It would renew itself 15 s after its last word.
  await until('seen again', () => seenBy(two).length === 1, 10_000)
})

test('CLUSTER-30: who moved while the bus was away is whose server they are on now', async () => {
  const [a, b] = [serverOf(), serverOf()]
  const [watching, moving] = [await clientOf(a), await clientOf(a)]
  moving.provider.awareness.setLocalStateField('user', 'Ana')
  await until('seen', () => seenBy(watching).length === 1)
  // Opened there, so that who is on the first is known.
  const there = await clientOf(b)
  await until('seen there', () => seenBy(there).length === 1)
  b.bus.cut()
  const moved = await movedTo(b, moving)
  moving.provider.shouldConnect = false
  moving.provider.ws?.close()
  await until('gone', () => seenBy(watching).length === 0)
  b.bus.raise()
  await until('seen again', () => seenBy(watching).length === 1, 10_000)
  moved.provider.destroy()
  await until('gone for good', () => seenBy(watching).length + seenBy(there).length === 0)
})

test('CLUSTER-27: those in a document that is opened anew are seen on', async () => {
  const seldom = { heads_poll_ms: 60_000, heads_check_ms: 60_000 }
  const limits = { handover_ms_max: 3_000, heads_check_ms: 50, heads_poll_ms: 50 }
  const [a, b] = [serverOf(limits), serverOf(seldom)]
  const watching = await clientOf(b)
  const [one, two] = [await clientOf(a), await clientOf(a)]
  one.provider.awareness.setLocalStateField('user', 'Ana')
  two.provider.awareness.setLocalStateField('user', 'Cem')
  one.document.getText('t').insert(0, 'x')
  await until('both are seen', () => seenBy(watching).length === 2)
  await until('stored', async () => (await cluster.database.load('notes')).log.length > 0)
  const removed: number[] = []
  watching.provider.awareness.on('change', (change: { readonly removed: readonly number[] }) => {
    removed.push(...change.removed)
  })
  two.provider.shouldConnect = false
  // It lives another life, which only the first server looks for.
  await cluster.database.delete('notes')
  await cluster.database.undelete('notes')
  await until('it is open anew', () => a.ytopic.metrics.roomsOpened === 2)
  await until('she is back', () => one.provider.synced)
  // He does not come back.
  await until('he has gone', () => seenBy(watching).join() === 'Ana')
  expect(removed).toEqual([two.document.clientID])
}, 20_000)
