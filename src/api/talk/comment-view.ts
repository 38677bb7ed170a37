import { z } from 'zod'
import { type CommentPerson, threadsRoot } from '../../ydoc/comments/comment-wish.ts'

/** People who reacted in the same way. */
export interface ReactionView {
  readonly emoji: string
  readonly by: readonly CommentPerson[]
}

/** A comment as clients are told of it; times are ISO 8601. */
export interface CommentView {
  readonly id: string
  readonly by: CommentPerson | null
  readonly at: string
  /** Empty where it was deleted, and others answered it. */
  readonly text: string
  readonly edited?: string | undefined
  readonly deleted?: true | undefined
  /** Ids of people. */
  readonly mentions: readonly string[]
  readonly reactions: readonly ReactionView[]
}

/** A thread of comments as clients are told of it. */
export interface ThreadView {
  readonly id: string
  readonly anchor: z.infer<typeof anchorSchema>
  readonly by: CommentPerson | null
  readonly at: string
  readonly resolved: { readonly by: CommentPerson | null; readonly at: string } | null
  readonly comments: readonly CommentView[]
}

export const personSchema = z.object({
  id: z.string().nullable(),
  name: z.string().nullable(),
  color: z.string().nullable(),
})

/** What a thread is about. */
export const anchorSchema = z.strictObject({
  root: z.string(),
  quote: z.string(),
  prefix: z.string().optional(),
  suffix: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
})

const common = { by: personSchema.nullable(), at: z.string() }

const comment = {
  ...common,
  id: z.string(),
  text: z.string(),
  edited: z.string().optional(),
  deleted: z.literal(true).optional(),
  mentions: z.array(z.string()),
}

export const commentSchema = z.object({
  ...comment,
  reactions: z.array(z.object({ emoji: z.string(), by: z.array(personSchema) })),
})

const thread = {
  ...common,
  anchor: anchorSchema,
  resolved: z.object(common).nullable(),
}

export const threadSchema = z.object({
  ...thread,
  id: z.string(),
  comments: z.array(commentSchema),
})

/** As it stands in the document of comments; a reaction's key is its emoji, a space and an id. */
const storedThread = z.object({
  ...thread,
  comments: z.array(z.object({ ...comment, reactions: z.record(z.string(), personSchema) })),
})

const stored = z.object({ [threadsRoot]: z.record(z.string(), storedThread) })

/** A thread, of the JSON of what stands in the document of comments. */
export function readThread(id: string, json: string): ThreadView {
  return viewOf(id, storedThread.parse(JSON.parse(json)))
}

/** All threads, in the order in which they were begun, of the JSON of that document's root. */
export function readThreads(json: string): readonly ThreadView[] {
  const threads = stored.parse(JSON.parse(json))[threadsRoot] ?? {}
  return Object.entries(threads)
    .map(([id, one]) => viewOf(id, one))
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
}

function viewOf(id: string, { comments, ...rest }: z.infer<typeof storedThread>): ThreadView {
  return {
    id,
    ...rest,
    comments: comments.map(({ reactions, ...one }) => ({ ...one, reactions: byEmoji(reactions) })),
  }
}

function byEmoji(reactions: Readonly<Record<string, CommentPerson>>): readonly ReactionView[] {
  const people = Map.groupBy(Object.entries(reactions), ([key]) => key.split(' ', 1)[0] ?? '')
  return [...people].map(([emoji, some]) => ({ emoji, by: some.map(([, person]) => person) }))
}
