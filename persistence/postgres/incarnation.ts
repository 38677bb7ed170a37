/** The name of one life: the same on every server of a store, before and after the first write. */
export function incarnationOf(storeId: string, document: string, life: number): string {
  return new Bun.CryptoHasher('sha256')
    .update(`${storeId} ${life} ${document}`)
    .digest('base64url')
    .slice(0, 22)
}
