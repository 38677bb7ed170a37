import * as Y from 'yjs'

/** A value as JSON has it; of bytes, big integers and subdocuments what stands for them. */
export function plainOf(value: unknown): unknown {
  if (value instanceof Y.Doc) return { guid: value.guid }
  if (value instanceof Y.AbstractType) return plainOf(value.toJSON())
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'bigint') return `${value}`
  if (Array.isArray(value)) return value.map(plainOf)
  if (typeof value !== 'object' || value === null) return value ?? null
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner)]))
}
