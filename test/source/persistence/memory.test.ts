import * as runner from 'bun:test'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { storeContract } from '../../../persistence/contract/contract.ts'

storeContract(runner, 'memory', async () => {
  const store = createMemoryStore()
  return { store, reopen: async () => store, dispose: () => store.close() }
})
