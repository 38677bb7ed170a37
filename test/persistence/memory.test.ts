import { createMemoryStore } from '../../persistence/memory.ts'
import { storeContract } from '../contract/store.ts'

storeContract('memory', async () => {
  const store = createMemoryStore()
  return { store, reopen: async () => store, dispose: () => store.close() }
})
