import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { storeContract } from '../../support/contract/store.ts'

storeContract('memory', async () => {
  const store = createMemoryStore()
  return { store, reopen: async () => store, dispose: () => store.close() }
})
