import type { Channel } from '../channel/channel.ts'
import type { BadFrame, Frame } from '../protocol/frame.ts'
import { isSeveral, messagesIn } from '../protocol/messages.ts'
import type { Connection } from '../connection/connection.ts'
import type { HandlerParts } from './handler-parts.ts'

/** Takes one WebSocket message of a connection. */
export function receive(
  parts: Pick<HandlerParts, 'clock' | 'limits' | 'metrics'>,
  connection: Connection,
  message: string | Buffer,
): void {
  const { admission, channel } = connection
  parts.metrics.framesReceived++
  // On its way out: what it says now, it says again when it is back.
  if (connection.refused) return
  if (channel === undefined || admission.kind !== 'document') {
    if (typeof message === 'string') connection.refuse('text-frame')
    else connection.multiplexer?.receive(message, parts.clock.now())
    return
  }
  if (typeof message === 'string') return channel.refuse('text-frame')
  if (message.length > parts.limits.frame_bytes_max) return channel.refuse('frame-too-large')
  const { codec } = admission
  const frame = codec.decode(message)
  if (frame.kind !== 'bad-frame' || !isSeveral(codec, message)) {
    return receiveOne(connection, channel, frame, message)
  }
  // Each as if it had come alone; the frames of all are whole, or none is acted on.
  for (const one of messagesIn(codec, message)) {
    receiveOne(connection, channel, codec.decode(one), one)
    if (connection.refused) return
  }
}

function receiveOne(
  { allowance }: Connection,
  channel: Channel,
  frame: Frame | BadFrame,
  message: Uint8Array,
): void {
  if (allowance.takes(frame.kind, message.length)) channel.receive(frame, message)
  else channel.refuse('too-fast')
}
