import { keyAbout } from '../companion.ts'
import type { IdempotencyKeys } from '../idempotency.ts'
import type { Store } from '../store.ts'
import { bytes } from './stage.ts'
import type { StoreStage } from './stage.ts'
import type { TestRunner } from './test-runner.ts'

const kept = { count: 100, ms: 60_000 }
const answer = { status: 201, headers: { etag: '"a"' }, body: bytes('{}') }

/** Keys of requests: STORE-39, STORE-40 and STORE-47, on a store that has `idempotency`. */
export function idempotencyContract(
  runner: TestRunner,
  name: string,
  create: () => Promise<StoreStage>,
): void {
  const { afterEach, beforeEach, describe, expect, test } = runner
  describe(`idempotency keys in ${name}`, () => {
    let stage: StoreStage
    let store: Store
    let keys: IdempotencyKeys

    const open = (opened: Store): void => {
      const { idempotency } = opened
      if (idempotency === undefined) throw new Error('The store keeps no idempotency keys.')
      store = opened
      keys = idempotency
    }
    beforeEach(async () => {
      stage = await create()
      open(stage.store)
    })
    afterEach(() => stage.dispose())

    test(`STORE-39: ${name}: a key is claimed once, and answers its request again`, async () => {
      expect(await keys.claim('k', 'request', kept)).toEqual({ kind: 'claimed' })
      expect(await keys.claim('k', 'request', kept)).toEqual({ kind: 'unanswered' })
      expect(await keys.claim('k', 'another', kept)).toEqual({ kind: 'other' })
      await keys.settle('k', answer)
      open(await stage.reopen())
      expect(await keys.claim('k', 'request', kept)).toEqual({ kind: 'answered', answer })
      expect(await keys.claim('k', 'another', kept)).toEqual({ kind: 'other' })
      expect(await keys.claim('free', 'request', kept)).toEqual({ kind: 'claimed' })
      await keys.release('free')
      expect(await keys.claim('free', 'another', kept)).toEqual({ kind: 'claimed' })
      const both = await Promise.all([keys.claim('2', 'a', kept), keys.claim('2', 'a', kept)])
      expect(both.map(({ kind }) => kind)).toEqual(['claimed', 'unanswered'])
    })

    test(`STORE-47: ${name}: what a purged document's requests were answered goes`, async () => {
      const [gone, other, free] = [keyAbout('a', 'k'), keyAbout('b', 'k'), 'k']
      await store.create('a')
      for (const key of [gone, other, free]) {
        await keys.claim(key, 'request', kept)
        await keys.settle(key, answer)
      }
      await store.delete('a')
      await store.purge('a', new Uint8Array())
      expect(await keys.claim(gone, 'request', kept)).toEqual({ kind: 'claimed' })
      for (const key of [other, free]) {
        expect(await keys.claim(key, 'request', kept)).toEqual({ kind: 'answered', answer })
      }
    })

    test(`STORE-40: ${name}: the newest keys are kept, and for so long`, async () => {
      for (const key of ['1', '2', '3', '4']) await keys.claim(key, 'a', { ...kept, count: 2 })
      expect(await keys.claim('4', 'a', kept)).toEqual({ kind: 'unanswered' })
      expect(await keys.claim('1', 'b', kept)).toEqual({ kind: 'claimed' })
      expect(await keys.claim('1', 'c', { ...kept, ms: -60_000 })).toEqual({ kind: 'claimed' })
    })
  })
}
