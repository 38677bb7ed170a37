import { seededRandom } from './random.ts'

/** One change: where, how many letters go, what comes. */
export type Patch = readonly [at: number, deleted: number, inserted: string]

const letters = 'etaoinshrdlucmfwypvbgkjqxz'

/**
 * What a person does to a text: types in bursts, takes letters back, jumps elsewhere, deletes
 * words, and pastes now and then. The same seed gives the same session.
 * @param keystrokes how many changes
 */
export function editingSession(seed: number, keystrokes: number): readonly Patch[] {
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const patches: Patch[] = []
  let length = 0
  let cursor = 0
  const change = (deleted: number, inserted: string): void => {
    patches.push([cursor, deleted, inserted])
    length += inserted.length - deleted
    cursor += inserted.length
  }
  while (patches.length < keystrokes) {
    const what = random()
    // Mostly people go on where they are; then near by; seldom somewhere else.
    if (what < 0.04) cursor = below(length + 1)
    else if (what < 0.1) cursor = Math.max(0, Math.min(length, cursor + below(161) - 80))
    if (what > 0.997) change(0, paste(below))
    const burst = 1 + below(60)
    for (let key = 0; key < burst && patches.length < keystrokes; key++) {
      const slip = random()
      if (slip < 0.24 && cursor > 0) {
        cursor--
        change(1, '')
      } else if (slip < 0.245 && cursor < length) {
        change(Math.min(1 + below(40), length - cursor), '')
      } else change(0, typed(random(), below))
    }
  }
  return patches
}

function typed(chance: number, below: (limit: number) => number): string {
  if (chance < 0.16) return ' '
  if (chance < 0.18) return '.'
  if (chance < 0.19) return '\n'
  // Common letters more often than rare ones.
  return letters[Math.min(below(26), below(26))] ?? 'e'
}

function paste(below: (limit: number) => number): string {
  return Array.from({ length: 20 + below(400) }, () => typed(below(100) / 100, below)).join('')
}
