import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { fold } from './fold.ts'
import type { FoldReply, FoldRequest } from './fold-client.ts'

// On Linux this is the thread's own: nobody waits for a fold, and many wait for the relay.
if (process.platform === 'linux') setPriority(0, 10)

parentPort?.on('message', ({ id, parts }: FoldRequest) => {
  const reply: FoldReply = { id, folded: fold(parts) }
  parentPort?.postMessage(reply)
})
