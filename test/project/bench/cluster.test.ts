import { afterEach, expect, test } from 'bun:test'
import { EventEmitter } from 'node:events'
import { Receipts } from '../../../bench/cluster/receipts.ts'
import { Gate } from '../../support/harness/gate.ts'
import { until } from '../../support/harness/wait.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** Somebody who says back what is said. */
function startEcho(): number {
  const data = (socket: Bun.Socket, bytes: Uint8Array): void => void socket.write(bytes)
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data } })
  ends.push(() => listener.stop(true))
  return listener.port
}

async function openGate(targets: readonly number[]): Promise<Gate> {
  const gate = await Gate.open(() => targets)
  ends.push(() => gate.stop())
  return gate
}

/** Somebody on the way through a gate: what came back so far, and whether the way still stands. */
interface Caller {
  heard: string
  isOpen: boolean
  readonly say: () => void
}

async function call(port: number): Promise<Caller> {
  const state = { heard: '', isOpen: true, say: () => void socket.write('x') }
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data: (_, bytes) => void (state.heard += String(bytes)),
      close: () => void (state.isOpen = false),
    },
  })
  ends.push(() => socket.terminate())
  return state
}

test('PERF-12: a gate that is deaf holds back all, and lets it pass when it opens', async () => {
  const echo = startEcho()
  const gate = await openGate([echo])
  const [early, direct] = [await call(gate.port), await call(echo)]
  early.say()
  await until('it is heard', () => early.heard === 'x')
  gate.set('deaf')
  const late = await call(gate.port)
  early.say()
  late.say()
  direct.say()
  await until('what goes another way is heard', () => direct.heard === 'x')
  expect([early.heard, late.heard, early.isOpen, late.isOpen]).toEqual(['x', '', true, true])
  gate.set('open')
  await until('all is heard', () => early.heard === 'xx' && late.heard === 'x')
})

test('PERF-12: a gate that is cut ends what stands and refuses what comes', async () => {
  const gate = await openGate([startEcho()])
  const early = await call(gate.port)
  gate.set('cut')
  const late = await call(gate.port)
  await until('both are ended', () => !early.isOpen && !late.isOpen)
})

test('PERF-12: a gate leads on to the next where the first does not answer', async () => {
  const nobody = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  nobody.stop(true)
  const gate = await openGate([nobody.port, startEcho()])
  const one = await call(gate.port)
  one.say()
  await until('it is heard', () => one.heard === 'x')
})

test('PERF-12: an edit counts as saved when its client was told so, and not before', () => {
  const provider = Object.assign(new EventEmitter(), { synced: true, unconfirmed: 0 })
  const receipts = new Receipts({ provider } as never)
  const tell = (number: number): void => void provider.emit('unsyncedChanges', { number })
  const write = (unconfirmed: number): void => {
    receipts.written++
    tell(unconfirmed)
  }
  provider.emit('synced')
  write(1)
  expect(receipts.saved).toBe(0)
  tell(0)
  expect(receipts.saved).toBe(1)
  write(1)
  write(2)
  tell(1)
  expect(receipts.saved).toBe(2)
  // Two were written while it was away: they go up together, and count once all is told.
  provider.emit('disconnect')
  write(3)
  tell(1)
  provider.emit('synced')
  tell(0)
  expect(receipts.saved).toBe(2)
  write(1)
  tell(0)
  expect(receipts.saved).toBe(5)
})
