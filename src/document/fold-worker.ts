import { parentPort } from 'node:worker_threads'
import { fold } from './fold.ts'
import type { FoldReply, FoldRequest } from './fold-client.ts'

parentPort?.on('message', ({ id, parts }: FoldRequest) => {
  const reply: FoldReply = { id, folded: fold(parts) }
  parentPort?.postMessage(reply)
})
