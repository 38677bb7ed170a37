import type { MessageAuthor, StoredMessage } from '../../persistence/messages.ts'

/** A person as clients are told of them. */
export interface PersonView {
  readonly id: string | null
  readonly name: string | null
  readonly color: string | null
}

/** A message as clients are told of it; times are ISO 8601. */
export interface MessageView {
  readonly seq: number
  readonly at: string
  readonly by: PersonView
  /** Empty where it was deleted. */
  readonly text: string
  readonly edited?: string
  readonly deleted?: string
}

export function messageView(message: StoredMessage): MessageView {
  const { at, by, deleted, edited, seq, text } = message
  return {
    seq,
    at: iso(at),
    by: personView(by),
    text,
    ...(edited === undefined ? {} : { edited: iso(edited) }),
    ...(deleted === undefined ? {} : { deleted: iso(deleted) }),
  }
}

export function personView({ color, id, name }: MessageAuthor): PersonView {
  return { id: id ?? null, name: name ?? null, color: color ?? null }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
