import { beforeAll, expect, test } from 'bun:test'
import { checkOrder } from './receipt-order.ts'
import { type Call, readTrace } from './trace.ts'
import { trace, type Traced } from './traced.ts'

let full: Traced
let relaxed: Traced

beforeAll(async () => {
  full = await trace('full', 300)
  relaxed = await trace('relaxed', 0)
}, 120_000)

/** What is found wrong when the calls had gone another way. */
function faultsIf(change: (call: Call) => Call): string {
  const { authors, calls, database } = full
  return checkOrder(calls.map(change), database, authors).faults.join('\n')
}

const isSync = ({ name }: Call): boolean => name === 'fsync' || name === 'fdatasync'

test('CRASH-5: no receipt leaves before the sync that covers its edits has returned', () => {
  const { faults, edits, receipts, log } = full.order
  expect(faults).toEqual([])
  expect(edits).toBe(full.authors.reduce((sum, { tokens }) => sum + tokens.length, 0))
  expect(edits).toBeGreaterThan(900)
  expect(receipts).toBeGreaterThan(100)
  expect(log.commits.length).toBeGreaterThan(30)
  expect(log.syncs).toBeGreaterThan(30)
})

test('CRASH-6: the log begins anew only when the database holds all of it for good', () => {
  expect(full.order.log.restarts).toBeGreaterThan(0)
  expect(full.order.log.faults).toEqual([])
  const unsynced = faultsIf((call) =>
    isSync(call) && call.file === full.database ? { ...call, result: -1 } : call,
  )
  expect(unsynced).toContain('the log begins anew before the database is synced')
})

test('CRASH-7: with relaxed durability the trace shows receipts ahead of the sync', () => {
  expect(relaxed.order.edits).toBe(120)
  expect(relaxed.order.log.commits.length).toBeGreaterThan(20)
  expect(relaxed.order.faults.length).toBe(120)
})

test('CRASH-7: a receipt that leaves while its sync is under way is found', () => {
  const late = faultsIf((call) => (isSync(call) ? { ...call, exit: call.exit + 50 } : call))
  expect(late).toContain('<a-1> is called saved, and synced by line')
})

test('CRASH-7: a sync that failed, or that is missing, covers nothing', () => {
  const failed = faultsIf((call) => (isSync(call) ? { ...call, result: -1 } : call))
  expect(failed).toContain('<a-1> is called saved, and no sync follows')
})

test('CRASH-7: an edit that is nowhere in the log is found', () => {
  const lost = faultsIf((call) =>
    call.bytes.length === 4096 ? { ...call, bytes: new Uint8Array(4096) } : call,
  )
  expect(lost).toContain('<c-1> is called saved, and no sync follows')
})

test.each([
  ['a line of another form', 'nonsense'],
  ['a string that is cut short', String.raw`1 1.0 write(1</x>, "\x41"..., 9) = 9`],
  ['a call that was never begun', '1 1.0 <... write resumed>) = 9'],
  ['a call without an answer', '1 1.0 write(1</x>, "", 0)'],
])('CRASH-7: a trace with %s is refused', (_, line) => {
  expect(() => readTrace(line)).toThrow(SyntaxError)
})

test('CRASH-7: a trace is read with what was interrupted in it', () => {
  const lines = [
    String.raw`7 1.0 pwrite64(5<\x2f\x61>, "\x41\x42", 2, 9 <unfinished ...>`,
    String.raw`8 1.0 fsync(5<\x2f\x61>)  = 0`,
    String.raw`7 1.0 <... pwrite64 resumed>) = 1`,
  ]
  expect(readTrace(lines.join('\n'))).toMatchObject([
    { name: 'fsync', file: '/a', enter: 1, exit: 1, result: 0 },
    { name: 'pwrite64', file: '/a', enter: 0, exit: 2, offset: 9, bytes: Buffer.from('A') },
  ])
})
