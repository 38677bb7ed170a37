import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { defaultLimits, limitOptionsOf, type Limits } from '../../../src/base/limits/limits.ts'
import { createFolder } from '../../../src/ydoc/folder.ts'
import { createYtopic } from '../../../src/ytopic.ts'
import { Batch, eachRecord } from '../../../persistence/batch.ts'
import { openSqliteStore } from '../../../persistence/sqlite/store.ts'
import type { Appended, Store } from '../../../persistence/store.ts'
import { DelegatingStore } from '../../support/fakes/delegating-store.ts'

// A server of the same parts that kills itself, with SIGKILL, at a moment that cannot be hit from
// outside: within compaction or within the eviction of a room, at a chosen stage. With `--lie` it
// calls saved what it has not written: the crash test must see that.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
    'die-in': { type: 'string', default: 'nothing' },
    stage: { type: 'string', default: '' },
    turn: { type: 'string', default: '1' },
    'spin-us': { type: 'string', default: '0' },
    lie: { type: 'boolean', default: false },
  },
})
if (positionals[0] !== 'serve') throw new Error('it only serves')

const never = 2 ** 40
const often = { tail_updates_max: 60, tail_bytes_max: 4_096 }
const rarely = { tail_updates_max: never, tail_bytes_max: never }
// What is folded in eviction was not folded before: nothing else asks for it.
const limitsFor: Readonly<Record<string, Partial<Limits>>> = {
  compaction: often,
  eviction: { ...rarely, room_idle_ms_max: 30 },
  nothing: {},
}

let turns = 0
let armed = false
// Not before those who are to see it are here.
process.on('SIGUSR2', () => {
  armed = true
})

/** Called within each compaction, at each of its stages. */
function reached(stage: string, document: string): void {
  if (!armed || stage !== values.stage) return
  if (++turns < Number(values.turn)) return
  // Nothing is answered while this thread spins; the others go on with what they were asked.
  const end = performance.now() + Number(values['spin-us']) / 1_000
  while (performance.now() < end);
  writeSync(1, `dies in ${values['die-in']} of ${document} (${stage})\n`)
  process.kill(process.pid, 'SIGKILL')
}

/** The real store, watched. */
class WatchedStore extends DelegatingStore {
  override append(batch: Batch): Promise<readonly Appended[]> {
    return values.lie ? lie(this.inner, batch) : super.append(batch)
  }

  override async compact(...asked: Parameters<Store['compact']>): Promise<boolean> {
    const replaced = super.compact(...asked)
    reached('storing', asked[0])
    const answer = await replaced
    reached('stored', asked[0])
    return answer
  }
}

/** Says at once that it is done, and does it much later. */
async function lie(store: Store, batch: Batch): Promise<readonly Appended[]> {
  const copy = new Batch()
  eachRecord(batch.records, (index, update) => {
    const { name = '', epoch } = batch.documents[index] ?? {}
    copy.add(name, update, 0, epoch)
  })
  systemClock.after(300, () => {
    store.append(copy).catch((error: unknown) => {
      throw error
    })
  })
  const nowhere = { number: 0, tag: 0 }
  return copy.documents.map(() => ({ kind: 'stored', position: nowhere, previous: nowhere }))
}

const store = await openSqliteStore({ directory: values.data, durability: 'full' })
const folder = createFolder({ clock: systemClock, limits: defaultLimits })
const ytopic = createYtopic({
  store: new WatchedStore(store),
  authority: anonymous('write'),
  limits: limitOptionsOf(limitsFor[values['die-in']] ?? {}),
  // The rounds in which rooms are looked at come ten times as often.
  clock: { ...systemClock, every: (ms, task) => systemClock.every(ms / 10, task) },
  fold(parts) {
    const folded = folder.fold(parts)
    reached('folding', 'a document')
    return folded
  },
})
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(values.port),
  fetch: ytopic.fetch,
  websocket: ytopic.websocket,
})
writeSync(1, `it serves ${server.url.href}\n`)
