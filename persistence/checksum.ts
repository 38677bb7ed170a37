/**
 * Checksum of stored bytes, over whose they are, where they stand and how many updates they hold:
 * a row that was moved to another document or place fails like one whose bytes changed.
 * 53 bits, so that SQL and JavaScript keep it as a plain integer.
 *
 * xxHash64, because Bun's xxHash3 looks at 32 bits of the seed only (1.4.5).
 *
 * @param sequence the row's sequence, or what the snapshot goes through
 * @param count updates in the row; 0 for a snapshot
 */
export function checksumOf(
  document: string,
  sequence: number,
  count: number,
  bytes: Uint8Array,
): number {
  const place = Bun.hash.xxHash64(`${sequence} ${count} ${document}`)
  return Number(BigInt.asUintN(53, Bun.hash.xxHash64(bytes, place)))
}
