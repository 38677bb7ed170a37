import type { Store } from '../store.ts'
import type { NewVersion, Version, VersionChain, Versions } from '../versions.ts'
import { batchOf, bytes } from './stage.ts'
import type { StoreStage } from './stage.ts'
import type { TestRunner } from './test-runner.ts'

/** The texts of a chain's links. */
function textsOf(chain: VersionChain): readonly string[] {
  if (chain.kind !== 'chain') return [chain.kind]
  return chain.links.map((link) => new TextDecoder().decode(link.bytes))
}

/** Kept states: the rules STORE-22 to STORE-26, on a store that has `versions`. */
export function versionsContract(
  runner: TestRunner,
  name: string,
  create: () => Promise<StoreStage>,
): void {
  const { afterEach, beforeEach, describe, expect, test } = runner
  describe(`versions in ${name}`, () => {
    let stage: StoreStage
    let store: Store
    let versions: Versions

    const open = (opened: Store): void => {
      store = opened
      if (opened.versions === undefined) {
        throw new Error('The store keeps no versions; give it some, or leave this suite out.')
      }
      versions = opened.versions
    }
    const add = (more: Partial<NewVersion> & { readonly text: string }) => {
      const { text, ...rest } = more
      return versions.add({
        document: 'a',
        epoch: 1,
        after: undefined,
        kind: 'auto',
        form: 'keyframe',
        bytes: bytes(text),
        stateBytes: text.length,
        authors: [],
        ...rest,
      })
    }
    /** Versions one after another, the first a keyframe unless told otherwise. */
    const addAll = async (...texts: readonly string[]): Promise<readonly Version[]> => {
      const added: Version[] = []
      for (const text of texts) {
        const isKeyframe = added.length === 0 || text.startsWith('key')
        const form = isKeyframe ? 'keyframe' : 'increment'
        const version = await add({ text, form, after: added.at(-1)?.id })
        if (version === undefined) throw new Error(`The store did not keep the version ${text}.`)
        added.push(version)
      }
      return added
    }

    beforeEach(async () => {
      stage = await create()
      open(stage.store)
      await store.append(batchOf(['a', '1'], ['b', 'x']))
    })
    afterEach(() => stage.dispose())

    test('STORE-22: versions come back as they were given, newest first', async () => {
      const ada = { id: 'ada', name: 'Ada' }
      const unnamed = { id: 'bob', name: undefined }
      const notes = { name: 'first', meta: '{"x":1}' }
      const first = await add({ text: 'one', kind: 'named', authors: [ada, unnamed], ...notes })
      const second = await add({
        text: 'two',
        kind: 'restored',
        form: 'increment',
        after: first?.id,
        restoredFrom: first?.id,
      })
      open(await stage.reopen())
      if (first === undefined || second === undefined) {
        throw new Error('The store did not keep a version.')
      }
      expect(await versions.list({ document: 'a', limit: 9 })).toEqual([second, first])
      const { incarnation } = await store.load('a')
      expect(first).toMatchObject({ ...notes, kind: 'named', form: 'keyframe', incarnation })
      expect(first).toMatchObject({ authors: [ada, unnamed], stateBytes: 3, storedBytes: 3 })
      expect(second).toMatchObject({ name: undefined, restoredFrom: first?.id, authors: [] })
      expect(await versions.find('a', second?.id ?? '')).toEqual(second)
      expect(await versions.find('b', second?.id ?? '')).toBe(undefined)
      expect(await versions.find('a', 'no id at all')).toBe(undefined)
      expect(await versions.size('a')).toEqual({ count: 2, bytes: 6 })
      expect(await versions.size('nobody')).toEqual({ count: 0, bytes: 0 })
    })

    test('STORE-22: ids sort by time, and a listing goes on before any', async () => {
      const added = await addAll('1', '2', '3', '4')
      const ids = added.map(({ id }) => id)
      expect(ids.toSorted()).toEqual(ids)
      expect(added.map(({ time }) => time)).toEqual(
        added.map(({ time }) => time).toSorted((a, b) => a - b),
      )
      const page = await versions.list({ document: 'a', before: ids[2], limit: 1 })
      expect(page.map(({ id }) => id)).toEqual(ids.slice(1, 2))
      await versions.note('a', ids[1] ?? '', { name: 'kept' })
      const named = await versions.list({ document: 'a', named: true, limit: 9 })
      expect(named.map((version) => version.name)).toEqual(['kept'])
      expect(await versions.note('a', ids[1] ?? '', {})).toMatchObject({ name: undefined })
      expect(await versions.note('a', 'zzzzzzzzz', {})).toBe(undefined)
    })

    test('STORE-23: a version comes with all that it follows on, from a keyframe', async () => {
      const added = await addAll('1', '2', 'key 3', '4', '5')
      open(await stage.reopen())
      expect(textsOf(await versions.chain('a', added[1]?.id))).toEqual(['1', '2'])
      expect(textsOf(await versions.chain('a', added[2]?.id))).toEqual(['key 3'])
      expect(textsOf(await versions.chain('a'))).toEqual(['key 3', '4', '5'])
      expect(textsOf(await versions.chain('b'))).toEqual(['none'])
      expect(textsOf(await versions.chain('a', 'zzzzzzzzz'))).toEqual(['none'])
    })

    test('STORE-24: what is late, or follows on what is not the newest, is not kept', async () => {
      const [first] = await addAll('1', '2')
      expect(await add({ text: 'late', after: first?.id })).toBe(undefined)
      expect(await add({ text: 'late' })).toBe(undefined)
      expect(await add({ text: 'nobody', document: 'nobody' })).toBe(undefined)
      const [, newest] = (await versions.list({ document: 'a', limit: 9 })).toReversed()
      await store.delete('a')
      expect(await add({ text: 'deleted', after: newest?.id })).toBe(undefined)
      await store.undelete('a')
      expect(await add({ text: 'epoch', after: newest?.id })).toBe(undefined)
      expect(await versions.size('a')).toEqual({ count: 2, bytes: 2 })
    })

    test('STORE-25: dropping a version gives the next what it needs, or does nothing', async () => {
      const [first, second, third] = await addAll('1', '2', '3', 'key 4')
      const ids = [first, second, third].map((version) => version?.id ?? '')
      const [one = '', two = '', three = ''] = ids
      const joined = { id: two, form: 'keyframe', bytes: bytes('1+2') } as const
      expect(await versions.remove('a', one)).toBe(false)
      expect(await versions.remove('a', one, { ...joined, id: three })).toBe(false)
      expect(await versions.remove('a', 'zzzzzzzzz', joined)).toBe(false)
      expect(textsOf(await versions.chain('a', three))).toEqual(['1', '2', '3'])
      expect(await versions.remove('a', one, joined)).toBe(true)
      expect(textsOf(await versions.chain('a', three))).toEqual(['1+2', '3'])
      // What follows on nothing needs nothing.
      expect(await versions.remove('a', three)).toBe(true)
      open(await stage.reopen())
      expect(textsOf(await versions.chain('a'))).toEqual(['key 4'])
      expect(await versions.size('a')).toEqual({ count: 2, bytes: 8 })
    })

    test('STORE-26: a deleted document keeps its versions, a purged one has none', async () => {
      const [first] = await addAll('1', '2')
      await store.delete('a')
      expect(await versions.size('a')).toEqual({ count: 2, bytes: 2 })
      await store.purge('a', bytes(''))
      expect(await versions.list({ document: 'a', limit: 9 })).toEqual([])
      expect(textsOf(await versions.chain('a', first?.id))).toEqual(['none'])
      expect(await versions.size('a')).toEqual({ count: 0, bytes: 0 })
    })
  })
}
