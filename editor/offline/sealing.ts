/** How long the random beginning of what is sealed is, as AES-GCM wants it. */
const nonceBytes = 12

/** Seals what is kept; without a key it stays as it is. */
export async function seal(bytes: Uint8Array, key: CryptoKey | undefined): Promise<Uint8Array> {
  if (key === undefined) return bytes
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes))
  const sealed = await crypto.subtle.encrypt(cipher(nonce), key, new Uint8Array(bytes))
  const whole = new Uint8Array(nonceBytes + sealed.byteLength)
  whole.set(nonce)
  whole.set(new Uint8Array(sealed), nonceBytes)
  return whole
}

/** Opens it again. @throws DOMException for what was sealed with another key */
export async function openSealed(
  bytes: Uint8Array,
  key: CryptoKey | undefined,
): Promise<Uint8Array> {
  if (key === undefined) return bytes
  const nonce = new Uint8Array(bytes.subarray(0, nonceBytes))
  const sealed = new Uint8Array(bytes.subarray(nonceBytes))
  return new Uint8Array(await crypto.subtle.decrypt(cipher(nonce), key, sealed))
}

/** Whether something could not be opened, as it was sealed with another key. */
export function isLocked(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'OperationError'
}

function cipher(iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv }
}
