/** How many bytes lib0 takes for an unsigned number. */
export function varUintSize(value: number): number {
  if (value < 2 ** 7) return 1
  if (value < 2 ** 14) return 2
  if (value < 2 ** 21) return 3
  let size = 4
  for (let rest = Math.floor(value / 2 ** 28); rest > 0; rest = Math.floor(rest / 128)) size++
  return size
}

/**
 * Writes an unsigned number as lib0 does, where the room for it is there.
 * @returns the offset behind it
 */
export function putVarUint(bytes: Uint8Array, from: number, value: number): number {
  let at = from
  let rest = value
  while (rest >= 2 ** 31) {
    bytes[at++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  while (rest >= 128) {
    bytes[at++] = (rest & 127) | 128
    rest >>>= 7
  }
  bytes[at++] = rest
  return at
}
