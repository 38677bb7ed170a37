import * as runner from 'bun:test'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import {
  messagesContract,
  outboxContract,
  storeContract,
  versionsContract,
} from '../../../persistence/contract/contract.ts'

for (const contract of [storeContract, versionsContract, messagesContract, outboxContract]) {
  contract(runner, 'memory', async () => {
    const store = createMemoryStore()
    return { store, reopen: async () => store, dispose: () => store.close() }
  })
}
