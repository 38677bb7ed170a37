/** What tells a row from another one that was given the same number: 52 bits, never 0. */
export function randomTag(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return (high % 2 ** 20) * 2 ** 32 + low + 1
}
