/** Whether both hold the same bytes. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  // Natively, as this is asked of hundreds of kilobytes.
  return left.length === right.length && Buffer.compare(left, right) === 0
}
