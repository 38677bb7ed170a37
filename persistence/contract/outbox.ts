import { Batch, type NewEvent } from '../batch.ts'
import { eventId, eventNumber, type Outbox, type StoredEvent, type Webhook } from '../outbox.ts'
import type { Store } from '../store.ts'
import { batchOf, bytes } from './stage.ts'
import type { StoreStage } from './stage.ts'
import type { TestRunner } from './test-runner.ts'

/** Events and who is told of them: the rules STORE-27 to STORE-30, on a store with `outbox`. */
export function outboxContract(
  runner: TestRunner,
  name: string,
  create: () => Promise<StoreStage>,
): void {
  const { afterEach, beforeEach, describe, expect, test } = runner
  describe(`events in ${name}`, () => {
    let stage: StoreStage
    let store: Store
    let outbox: Outbox

    const open = (opened: Store): void => {
      store = opened
      if (opened.outbox === undefined) {
        throw new Error('The store has no outbox; give it one, or leave this suite out.')
      }
      outbox = opened.outbox
    }
    beforeEach(async () => {
      stage = await create()
      open(stage.store)
    })
    afterEach(() => stage.dispose())

    const events = async (filter = {}): Promise<readonly StoredEvent[]> => {
      const page = await outbox.after({ after: 0, limit: 100, ...filter })
      return page.kind === 'events' ? page.events : []
    }
    const types = async (filter = {}): Promise<readonly string[]> =>
      (await events(filter)).map(({ document, type }) => `${document} ${type}`)
    const hook: Webhook = {
      id: 'w',
      url: 'https://example.org/',
      events: [],
      prefix: undefined,
      secret: 'secret',
      created: 1,
      disabled: undefined,
      cursor: 0,
    }

    test(`STORE-27: ${name}: what happens to a document is an event, kept with it`, async () => {
      await store.append(batchOf(['a', '1']))
      await store.append(batchOf(['a', '2']))
      expect(await store.create('b')).toBe(true)
      expect(await store.create('b')).toBe(false)
      await store.delete('a')
      await store.delete('a')
      await store.undelete('a')
      await store.delete('a')
      await store.purge('a', bytes('dead'))
      const expected = [
        'a document.created',
        'b document.created',
        'a document.deleted',
        'a document.undeleted',
        'a document.deleted',
        'a document.purged',
      ]
      expect(await types()).toEqual(expected)
      open(await stage.reopen())
      expect(await types()).toEqual(expected)
      const ids = (await events()).map(({ id }) => id)
      expect(ids).toEqual(ids.toSorted())
      expect(eventNumber(ids.at(-1) ?? '')).toBe(await outbox.newest())
      expect(['', '1', `${eventId(1)}0`, 'x'].map(eventNumber)).toEqual(
        Array.from({ length: 4 }, () => undefined),
      )
    })

    test(`STORE-43: ${name}: what an update does is told with it or not at all`, async () => {
      const batch = new Batch()
      const told = [commented({ by: 'Ada', text: "'é" }), commented({ second: true })]
      batch.add('a::comments', bytes('1'), 0, undefined, undefined, told)
      batch.add('gone', bytes('1'), 0, 7, undefined, [commented({ never: true })])
      await store.append(batchOf(['a', '1'], ['gone', '1']))
      await store.append(batch)
      const created = { types: ['comment.created'] }
      expect((await events(created)).map(({ data }): unknown => JSON.parse(data))).toEqual(
        told.map(({ data }) => data),
      )
      batch.clear()
      batch.add('a::comments', bytes('2'))
      await store.append(batch)
      open(await stage.reopen())
      expect(await types(created)).toEqual(['a comment.created', 'a comment.created'])
    })

    test(`STORE-27: ${name}: a version is one, a restored one two`, async () => {
      await store.append(batchOf(['a', '1']))
      const version = { document: 'a', epoch: 1, form: 'keyframe', stateBytes: 1 } as const
      const kept = { ...version, authors: [], bytes: bytes('1') }
      const first = await store.versions?.add({ ...kept, after: undefined, kind: 'named' })
      await store.versions?.add({ ...kept, after: undefined, kind: 'named' })
      const restored = { after: first?.id, kind: 'restored', restoredFrom: first?.id } as const
      const second = await store.versions?.add({ ...kept, ...restored })
      const [, ...told] = await events()
      expect(told.map(({ type }) => type)).toEqual([
        'version.created',
        'version.created',
        'document.restored',
      ])
      expect(told.map(({ data }): unknown => JSON.parse(data))).toEqual([
        { version: first?.id, kind: 'named' },
        { version: second?.id, kind: 'restored' },
        { version: second?.id, restoredFrom: first?.id },
      ])
    })

    test(`STORE-28: ${name}: a change is told once, and found again when it was not`, async () => {
      const batch = new Batch()
      batch.add('a', bytes('1'), 0, undefined, { id: 'ada', name: 'Ada' })
      const [appended] = await store.append(batch)
      await store.append(batchOf(['b', '1'], ['b', '2']))
      expect((await outbox.changed()).toSorted()).toEqual(['a', 'b'])
      const told = await outbox.tellChanged(['a', 'nobody', 'a'])
      expect(await outbox.tellChanged(['a'])).toEqual([])
      open(await stage.reopen())
      expect(await outbox.changed()).toEqual(['b'])
      const [changed] = await events({ types: ['document.changed'] })
      expect(told).toEqual(changed === undefined ? [] : [changed])
      const sequence = appended?.kind === 'stored' ? appended.position.number : 0
      const authors = [{ id: 'ada', name: 'Ada' }]
      expect(JSON.parse(changed?.data ?? '')).toEqual({ sequence, authors })
      await store.compact('b', bytes('12'), await store.load('b'))
      open(await stage.reopen())
      expect(await outbox.changed()).toEqual(['b'])
      await store.delete('b')
      expect(await outbox.changed()).toEqual([])
      expect(await outbox.tellChanged(['b'])).toEqual([])
    })

    test(`STORE-29: ${name}: events are read in pages, by type, document and prefix`, async () => {
      for (const document of ['a/1', 'a/2', 'b']) await store.create(document)
      await store.delete('a/1')
      expect(await types({ prefix: 'a/' })).toHaveLength(3)
      expect(await types({ document: 'b' })).toEqual(['b document.created'])
      expect(await types({ types: ['document.deleted'] })).toEqual(['a/1 document.deleted'])
      const page = await outbox.after({ after: 0, limit: 1, prefix: 'a/' })
      expect(page).toMatchObject({ kind: 'events', through: 1 })
      const rest = await outbox.after({ after: 1, limit: 5, document: 'b' })
      expect(rest).toMatchObject({ kind: 'events', through: 4 })
      expect(await outbox.after({ after: 4, limit: 5 })).toMatchObject({ events: [], through: 4 })
    })

    test(`STORE-37: ${name}: of what was purged the events tell only that they were`, async () => {
      const batch = new Batch()
      batch.add('a', bytes('1'), 0, undefined, { id: 'ada', name: 'Ada' })
      await store.append(batch)
      const [changed] = await outbox.tellChanged(['a'])
      if (changed === undefined) throw new Error('The change was not told.')
      await outbox.putWebhook(hook)
      const failed = { event: changed, attempt: 1, at: 5, status: 500, error: 'no', next: 9 }
      await outbox.progress({
        webhook: 'w',
        cursor: 2,
        keep: [failed],
        drop: [],
        disabled: undefined,
      })
      await store.delete('a')
      await store.purge('a', bytes('dead'))
      const bare = { ...changed, data: '{}' }
      expect(await events({ types: ['document.changed'] })).toEqual([bare])
      expect(await outbox.deliveries('w')).toEqual([{ ...failed, event: bare }])
    })

    test(`STORE-38: ${name}: one server at a time tells an endpoint`, async () => {
      if (outbox.lease === undefined) return
      const ask = async (holder: string, ms: number): Promise<boolean> =>
        (await outbox.lease?.('w', holder, ms)) ?? false
      await outbox.putWebhook(hook)
      expect(await ask('first', 200)).toBe(true)
      expect(await ask('second', 200)).toBe(false)
      expect(await ask('first', 1)).toBe(true)
      for (let round = 0; !(await ask('second', 60_000)); round++) {
        if (round > 1_000) throw new Error('The lease does not end.')
      }
      expect(await ask('first', 200)).toBe(false)
    })

    test(`STORE-30: ${name}: endpoints are kept, with what they have not taken`, async () => {
      await store.create('a')
      await outbox.putWebhook(hook)
      const [event] = await events()
      if (event === undefined) throw new Error('The store has told no event.')
      const failed = { event, attempt: 1, at: 5, status: 500, error: 'It failed.', next: 9 }
      const progress = { webhook: 'w', cursor: 1, keep: [failed], drop: [], disabled: undefined }
      await outbox.progress(progress)
      await outbox.progress({ ...progress, webhook: 'nobody' })
      await outbox.putWebhook({ ...hook, url: 'https://example.org/new', cursor: 0 })
      open(await stage.reopen())
      const moved = { ...hook, url: 'https://example.org/new', cursor: 1 }
      expect(await outbox.webhooks()).toEqual([moved])
      expect(await outbox.deliveries('w')).toEqual([failed])
      expect(await outbox.deliveries('nobody')).toEqual([])
      const end = { ...progress, keep: [], drop: [event.id], disabled: 'It is gone.' }
      await outbox.progress(end)
      expect(await outbox.webhooks()).toEqual([{ ...moved, disabled: 'It is gone.' }])
      expect(await outbox.deliveries('w')).toEqual([])
      expect(await outbox.dropWebhook('w')).toBe(true)
      expect(await outbox.dropWebhook('w')).toBe(false)
      expect(await outbox.webhooks()).toEqual([])
    })
  })
}

function commented(data: Readonly<Record<string, unknown>>): NewEvent {
  return { type: 'comment.created', document: 'a', data }
}
