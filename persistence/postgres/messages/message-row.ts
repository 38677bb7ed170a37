import type { StoredMessage } from '../../messages.ts'

/** A row of the table of messages, as `columns` asks for it. */
export interface MessageRow {
  readonly seq: string | null
  readonly act: string
  readonly at: string
  readonly person: Buffer
  readonly name: Buffer | null
  readonly color: Buffer | null
  readonly text: Buffer
  readonly edited: string | null
  readonly deleted: string | null
  /** Where it stood in what was posted, from 1 on. */
  readonly place?: string
  /** How far its room has come. */
  readonly acts?: string
  readonly last?: string
}

/** Of a message `m`. */
export const columns = 'seq act at person name color text edited deleted'
  .split(' ')
  .map((column) => `m.${column}`)
  .join(', ')

export function messageOf(
  room: string,
  { act, at, color, deleted, edited, name, person, seq, text }: MessageRow,
): StoredMessage {
  return {
    room,
    seq: Number(seq),
    act: Number(act),
    at: Number(at),
    by: {
      ...(person.length === 0 ? {} : { id: person.toString() }),
      ...(name === null ? {} : { name: name.toString() }),
      ...(color === null ? {} : { color: color.toString() }),
    },
    text: text.toString(),
    ...(edited === null ? {} : { edited: Number(edited) }),
    ...(deleted === null ? {} : { deleted: Number(deleted) }),
  }
}
