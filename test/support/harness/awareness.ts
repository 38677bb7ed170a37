import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Frame } from '../../../src/protocol/frame.ts'

/** The states that a client library has after those frames, by client id. */
export function statesSeen(frames: readonly Frame[]): ReadonlyMap<number, unknown> {
  const awareness = new Awareness(new Y.Doc())
  awareness.setLocalState(null)
  for (const frame of frames) {
    if (frame.kind === 'awareness') applyAwarenessUpdate(awareness, frame.update, 'test')
  }
  const states = new Map<number, unknown>(awareness.getStates())
  awareness.destroy()
  return states
}
