import { readObject } from '../base/json.ts'

/** What a client says of a room, as it stands in the text of a chat frame. */
export type Said =
  | {
      readonly type: 'join'
      /** Who others see it as, where nobody vouches for that. */
      readonly name?: string | undefined
      readonly color?: string | undefined
      readonly limit: number | undefined
    }
  | { readonly type: 'post'; readonly text: string; readonly nonce: string | undefined }
  | { readonly type: 'older'; readonly before: number; readonly limit: number | undefined }
  | {
      readonly type: 'edit'
      readonly seq: number
      readonly text: string
      readonly nonce: string | undefined
    }
  | { readonly type: 'delete'; readonly seq: number; readonly nonce: string | undefined }
  | { readonly type: 'read'; readonly seq: number }
  | { readonly type: 'typing'; readonly on: boolean }
  | { readonly type: 'leave' }

/** So long is a name or a color at most, and what a client calls its message. */
const wordCharactersMax = 128

/** Reads what a client says; undefined for anything else. */
export function readSaid(text: string): Said | undefined {
  const given = readObject(text)
  if (given === undefined) return undefined
  const { before, color, limit, name, nonce, on, seq, text: said, type } = given
  switch (type) {
    case 'join':
      if (!isCount(limit) || !isWord(name) || !isWord(color)) return undefined
      return { type, name, color, limit }
    case 'post':
      if (!isText(said) || !isWord(nonce)) return undefined
      return { type, text: said, nonce }
    case 'older':
      if (!isNumber(before) || !isCount(limit)) return undefined
      return { type, before, limit }
    case 'edit':
      if (!isNumber(seq) || !isText(said) || !isWord(nonce)) return undefined
      return { type, seq, text: said, nonce }
    case 'delete':
      return isNumber(seq) && isWord(nonce) ? { type, seq, nonce } : undefined
    case 'read':
      return isNumber(seq) ? { type, seq } : undefined
    case 'typing':
      return typeof on === 'boolean' ? { type, on } : undefined
    case 'leave':
      return { type }
    default:
      return undefined
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed()
}

function isWord(value: unknown): value is string | undefined {
  return value === undefined || (isText(value) && value.length <= wordCharactersMax)
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isCount(value: unknown): value is number | undefined {
  return value === undefined || (isNumber(value) && value > 0)
}
