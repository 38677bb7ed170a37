import { z } from 'zod'
import { personSchema } from '../person-schema.ts'

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

export const commentSchema = z.object({
  ...common,
  id: z.string(),
  /** Empty where it was deleted, and others answered it. */
  text: z.string(),
  edited: z.string().optional(),
  deleted: z.literal(true).optional(),
  /** Ids of people. */
  mentions: z.array(z.string()),
  reactions: z.array(z.object({ emoji: z.string(), by: z.array(personSchema.nullable()) })),
})

export const threadSchema = z.object({
  ...common,
  id: z.string(),
  anchor: anchorSchema,
  resolved: z.object(common).nullable(),
  comments: z.array(commentSchema),
})
