import * as Y from 'yjs'
import { type Copies, noRow } from './copies.ts'
import type { EarlierCopy } from './options.ts'

/** An update that changes nothing. */
const emptyUpdate = Uint8Array.of(0, 0)

/** The copies that were set aside, the latest first. */
export async function earlierIn(copies: Copies): Promise<readonly EarlierCopy[]> {
  const found = await copies.earlier()
  return found.map((copy) => ({
    endedAt: copy.endedAt ?? 0,
    incarnation: copy.incarnation,
    pending: copy.pending,
    async read() {
      const { updates } = await copies.beyond(copy.life, noRow)
      return Y.mergeUpdates([emptyUpdate, ...updates])
    },
    discard: () => copies.discard(copy),
  }))
}
