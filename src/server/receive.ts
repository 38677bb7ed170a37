import type { Channel } from '../channel/channel.ts'
import type { BadFrame, Frame } from '../protocol/frame.ts'
import { isSeveral, messagesIn } from '../protocol/messages.ts'
import type { Connection } from './connection.ts'
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
  // What comes most is not made into a frame.
  const from = codec.updateAt(message)
  const frame = from < 0 ? codec.decode(message) : undefined
  if (frame?.kind !== 'bad-frame' || !isSeveral(codec, message)) {
    return receiveOne(connection, channel, message, from, frame)
  }
  // Each as if it had come alone; the frames of all are whole, or none is acted on.
  for (const one of messagesIn(codec, message)) {
    const start = codec.updateAt(one)
    receiveOne(connection, channel, one, start, start < 0 ? codec.decode(one) : undefined)
    if (connection.refused) return
  }
}

/** @param from where its update begins, when it is nothing else; then there is no frame of it */
function receiveOne(
  { allowance }: Connection,
  channel: Channel,
  message: Uint8Array,
  from: number,
  frame: Frame | BadFrame | undefined,
): void {
  if (!allowance.takes(frame?.kind ?? 'update', message.length)) channel.refuse('too-fast')
  else if (frame === undefined) channel.takeUpdate(message, from)
  else channel.receive(frame, message)
}
