import type { BadFrame, Frame } from '../../../src/protocol/frame.ts'

/** A decoded frame with what it says and nothing of the message in which it came, to compare. */
export function plainFrame<Kind extends Frame | BadFrame>(frame: Kind): Frame | Kind {
  return frame.kind === 'update' ? { kind: 'update', update: frame.update } : frame
}
