import type { Author } from '../batch.ts'

/** Authors as JSON has them; what is none is left out. */
export function readAuthors(json: string): readonly Author[] {
  const authors: unknown = JSON.parse(json)
  if (!Array.isArray(authors)) return []
  return authors.flatMap((author: unknown) => {
    if (typeof author !== 'object' || author === null || !('id' in author)) return []
    const name = 'name' in author && typeof author.name === 'string' ? author.name : undefined
    return [{ id: String(author.id), name }]
  })
}
