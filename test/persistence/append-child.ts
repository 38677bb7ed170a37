import { writeSync } from 'node:fs'
import { StoreError } from '../../persistence/store-error.ts'
import { openSqliteStore } from '../../persistence/sqlite.ts'
import { batchOf } from '../contract/store.ts'

/**
 * Appends to document `a` of the directory named by its argument, for ever or until the store
 * refuses, two updates a batch, and prints the number of every batch that resolved.
 */
const [directory = ''] = process.argv.slice(2)
const store = await openSqliteStore({ directory, durability: 'full' })
try {
  for (let at = 1; ; at++) {
    await store.append(batchOf(['a', `${at}`], ['a', 'x'.repeat(2_000)]))
    writeSync(1, `${at}\n`)
  }
} catch (error) {
  writeSync(1, `${error instanceof StoreError ? error.kind : String(error)}\n`)
}
await store.close()
