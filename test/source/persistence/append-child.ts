import { writeSync } from 'node:fs'
import { StoreError } from '../../../persistence/store-error.ts'
import { openSqliteStore } from '../../../persistence/sqlite/store.ts'
import { batchOf } from '../../../persistence/contract/stage.ts'

/**
 * Appends to document `a` of the directory named by its first argument, two updates a batch, and
 * prints the number of every batch that resolved. Ends when the store refuses; after as many
 * batches as its second argument says it waits to be killed.
 */
const [directory = '', batches = ''] = process.argv.slice(2)
const store = await openSqliteStore({ directory, durability: 'full' })
try {
  for (let at = 1; at <= Number(batches); at++) {
    await store.append(batchOf(['a', `${at}`], ['a', 'x'.repeat(2_000)]))
    writeSync(1, `${at}\n`)
  }
  await Promise.withResolvers<never>().promise
} catch (error) {
  writeSync(1, `${error instanceof StoreError ? error.kind : String(error)}\n`)
}
await store.close()
