import * as runner from 'bun:test'
import { createMemoryStore } from '../../../../persistence/memory/store.ts'
import {
  idempotencyContract,
  messagesContract,
  outboxContract,
  revocationsContract,
  storeContract,
  versionsContract,
} from '../../../../persistence/contract/contract.ts'

const contracts = [
  storeContract,
  versionsContract,
  messagesContract,
  outboxContract,
  idempotencyContract,
  revocationsContract,
]
for (const contract of contracts) {
  contract(runner, 'memory', async () => {
    const store = createMemoryStore()
    return { store, reopen: async () => store, dispose: () => store.close() }
  })
}
