import { z } from 'zod'

/** A person as the API tells of them; null is what nobody knows. */
export const personSchema = z.object({
  id: z.string().nullable(),
  name: z.string().nullable(),
  color: z.string().nullable(),
})
