/** A former secret still signs beside the new one for so long. */
const overlapMs = 24 * 3_600_000

/**
 * The secrets of an endpoint as one text: the present one, and behind it the one before with the
 * time at which it ends. `whsec_NEW whsec_OLD@1767225600000`
 */
export function rotated(stored: string, next: string, now: number): string {
  return `${next} ${presentOf(stored)}@${now + overlapMs}`
}

/** The secrets by which is signed at that time, in milliseconds since 1970. */
export function secretsAt(stored: string, now: number): readonly string[] {
  const [present = '', former] = stored.split(' ')
  const [secret, end] = former?.split('@') ?? []
  return secret !== undefined && now < Number(end) ? [present, secret] : [present]
}

function presentOf(stored: string): string {
  return stored.split(' ')[0] ?? ''
}
