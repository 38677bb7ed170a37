import type { IdempotencyKeys } from '../idempotency.ts'
import type { Store } from '../store.ts'
import { bytes } from './stage.ts'
import type { StoreStage } from './stage.ts'
import type { TestRunner } from './test-runner.ts'

const kept = { count: 100, ms: 60_000 }
const answer = { status: 201, headers: { etag: '"a"' }, body: bytes('{}') }

/** Keys of requests: the rules STORE-39 and STORE-40, on a store that has `idempotency`. */
export function idempotencyContract(
  runner: TestRunner,
  name: string,
  create: () => Promise<StoreStage>,
): void {
  const { afterEach, beforeEach, describe, expect, test } = runner
  describe(`idempotency keys in ${name}`, () => {
    let stage: StoreStage
    let keys: IdempotencyKeys

    const open = ({ idempotency }: Store): void => {
      if (idempotency === undefined) throw new Error('The store keeps no idempotency keys.')
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

    test(`STORE-40: ${name}: the newest keys are kept, and for so long`, async () => {
      for (const key of ['1', '2', '3', '4']) await keys.claim(key, 'a', { ...kept, count: 2 })
      expect(await keys.claim('4', 'a', kept)).toEqual({ kind: 'unanswered' })
      expect(await keys.claim('1', 'b', kept)).toEqual({ kind: 'claimed' })
      expect(await keys.claim('1', 'c', { ...kept, ms: -60_000 })).toEqual({ kind: 'claimed' })
    })
  })
}
