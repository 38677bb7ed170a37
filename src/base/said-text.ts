import { RefusalError } from './errors.ts'

/** Whether a text has more characters, as people count them, than so many. */
export function isLonger(text: string, characters: number): boolean {
  return text.length > 2 * characters || Array.from(text).length > characters
}

/**
 * Refuses what nobody can say: too much, nothing, or half a character.
 * @param most characters
 * @param limit says in a sentence which limit that is
 * @throws RefusalError `message-too-long`, `bad-message`
 */
export function checkSaid(text: string, most: number, limit: string): void {
  if (isLonger(text, most)) throw new RefusalError('message-too-long', limit)
  if (text.trim() === '' || !text.isWellFormed()) throw new RefusalError('bad-message')
}
