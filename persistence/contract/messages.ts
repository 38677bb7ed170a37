import type { Messages } from '../messages.ts'
import type { Store } from '../store.ts'
import { bytes } from './stage.ts'
import type { StoreStage } from './stage.ts'
import type { TestRunner } from './test-runner.ts'

const all = { count: 1_000, ms: 60_000 }
const ada = { id: 'ada', name: 'Ada', color: '#123456' }
const bob = { id: 'bob' }

/**
 * Messages in rooms: the rules STORE-32 to STORE-36, STORE-41 and STORE-42, on a store that has
 * `messages`.
 */
export function messagesContract(
  runner: TestRunner,
  name: string,
  create: () => Promise<StoreStage>,
): void {
  const { afterEach, beforeEach, describe, expect, test } = runner
  describe(`messages in ${name}`, () => {
    let stage: StoreStage
    let store: Store
    let messages: Messages

    const open = (opened: Store): void => {
      store = opened
      if (opened.messages === undefined) throw new Error('The store keeps no messages.')
      messages = opened.messages
    }
    beforeEach(async () => {
      stage = await create()
      open(stage.store)
    })
    afterEach(() => stage.dispose())

    const post = (room: string, texts: readonly string[], kept = all) =>
      messages.post(
        texts.map((text) => ({ room, by: ada, text })),
        kept,
      )
    const texts = async (room: string, before = 1_000, limit = 100) =>
      (await messages.page(room, before, limit)).map(({ seq, text }) => `${seq} ${text}`)

    test(`STORE-32: ${name}: messages come back numbered, newest first, in pages`, async () => {
      const [first] = await post('a', ['one', 'two', 'three'])
      await messages.post([{ room: 'b', by: {}, text: 'ÄŸ \u{1f600}' }], all)
      expect(first).toMatchObject({ room: 'a', seq: 1, by: ada, text: 'one' })
      open(await stage.reopen())
      expect(await texts('a')).toEqual(['3 three', '2 two', '1 one'])
      expect(await texts('a', 3, 1)).toEqual(['2 two'])
      expect(await texts('b')).toEqual(['1 ÄŸ \u{1f600}'])
      expect(await texts('nothing')).toEqual([])
      expect(await messages.find('a', 1)).toEqual(first)
      expect(await messages.find('a', 9)).toBeUndefined()
      expect((await messages.page('b', 9, 9))[0]?.by).toEqual({})
    })

    test(`STORE-32: ${name}: what comes again with its nonce is kept once`, async () => {
      const message = { room: 'a', by: ada, text: 'one', nonce: 'n' }
      const [first] = await messages.post([message], all)
      open(await stage.reopen())
      expect(await messages.post([message, { ...message, by: bob }], all)).toMatchObject([
        { seq: first?.seq, at: first?.at },
        { seq: 2, by: bob },
      ])
      expect(await texts('a')).toHaveLength(2)
    })

    test(`STORE-33: ${name}: a room keeps so many and for so long, and counts on`, async () => {
      await post('a', ['one', 'two', 'three', 'four'], { ...all, count: 2 })
      expect(await texts('a')).toEqual(['4 four', '3 three'])
      await post('a', ['five'], { ...all, ms: -1 })
      expect(await texts('a')).toEqual([])
      open(await stage.reopen())
      await post('a', ['six'])
      expect(await texts('a')).toEqual(['6 six'])
    })

    test(`STORE-34: ${name}: a message is changed, or deleted with its text`, async () => {
      await post('a', ['one', 'two'])
      const changed = await messages.change('a', 1, 'uno')
      expect(changed).toMatchObject({ seq: 1, text: 'uno', by: ada })
      expect(changed?.edited).toBeGreaterThan(0)
      const deleted = await messages.change('a', 1, undefined)
      expect(deleted).toMatchObject({ seq: 1, text: '', edited: changed?.edited })
      expect(deleted?.deleted).toBeGreaterThan(0)
      expect(await messages.change('a', 1, 'again')).toBeUndefined()
      expect(await messages.change('a', 9, 'again')).toBeUndefined()
      open(await stage.reopen())
      expect(await texts('a')).toEqual(['2 two', '1 '])
    })

    test(`STORE-35: ${name}: how far somebody has read is kept, and only rises`, async () => {
      await post('a', ['one', 'two', 'three'])
      await messages.post([{ room: 'a', by: bob, text: 'four' }], all)
      expect(await messages.reading('a', 'bob')).toEqual({ last: 4, read: 0, unread: 3 })
      await messages.mark('a', 'bob', 2)
      await messages.mark('a', 'bob', 1)
      await messages.change('a', 3, undefined)
      open(await stage.reopen())
      expect(await messages.reading('a', 'bob')).toEqual({ last: 4, read: 2, unread: 0 })
      expect(await messages.reading('a', 'ada')).toEqual({ last: 4, read: 0, unread: 1 })
      await messages.mark('a', 'ada', 99)
      expect(await messages.reading('a', 'ada')).toEqual({ last: 4, read: 4, unread: 0 })
      expect(await messages.reading('a', undefined)).toEqual({ last: 4, read: 0, unread: 3 })
      expect(await messages.reading('new', 'ada')).toEqual({ last: 0, read: 0, unread: 0 })
    })

    test(`STORE-36: ${name}: purging a document takes the room of its name with it`, async () => {
      await store.create('a')
      await post('a', ['one'])
      await post('b', ['one'])
      await store.delete('a')
      expect(await texts('a')).toEqual(['1 one'])
      await store.purge('a', bytes('dead'))
      open(await stage.reopen())
      expect(await texts('a')).toEqual([])
      expect(await texts('b')).toEqual(['1 one'])
      await post('a', ['new'])
      expect(await texts('a')).toEqual(['1 new'])
    })

    test(`STORE-41: ${name}: what was done behind a place is told, in its order`, async () => {
      expect(await messages.since('a', 0, 9)).toEqual({ messages: [], act: 0, last: 0 })
      await post('a', ['one', 'two', 'three'])
      await messages.change('a', 1, 'uno')
      const told = async (act: number, limit = 9) => {
        const since = await messages.since('a', act, limit)
        return { ...since, messages: since.messages.map(({ act: at, text }) => `${at} ${text}`) }
      }
      open(await stage.reopen())
      expect(await told(0)).toEqual({ messages: ['2 two', '3 three', '4 uno'], act: 4, last: 3 })
      expect(await told(0, 2)).toEqual({ messages: ['2 two', '3 three'], act: 3, last: 3 })
      expect(await told(3)).toEqual({ messages: ['4 uno'], act: 4, last: 3 })
      await messages.change('a', 9, 'nothing')
      expect(await told(4)).toEqual({ messages: [], act: 4, last: 3 })
      await messages.change('a', 1, undefined)
      await messages.change('a', 1, undefined)
      expect((await messages.since('a', 4, 9)).messages).toMatchObject([{ seq: 1, text: '' }])
      const heads = await messages.heads([
        { room: 'a', act: 4 },
        { room: 'b', act: 0 },
        { room: 'c', act: 3 },
      ])
      const { act } = await messages.since('a', 4, 9)
      expect(heads).toEqual([
        { room: 'a', act },
        { room: 'c', act: 0 },
      ])
      expect(await messages.heads([{ room: 'a', act }])).toEqual([])
      expect(await messages.heads([])).toEqual([])
    })

    test(`STORE-42: ${name}: what is too old is dropped, though nobody posts`, async () => {
      await post('a', ['one', 'two'])
      await post('b', ['three'])
      expect(await messages.dropOld(60_000, 9)).toBe(0)
      expect(await messages.dropOld(-60_000, 2)).toBe(2)
      expect(await messages.dropOld(-60_000, 2)).toBe(1)
      expect(await messages.dropOld(-60_000, 2)).toBe(0)
      open(await stage.reopen())
      expect([await texts('a'), await texts('b')]).toEqual([[], []])
      await post('a', ['new'])
      expect(await texts('a')).toEqual(['3 new'])
    })
  })
}
