import { createHmac } from 'node:crypto'

/** How a secret begins, before its bytes in base64. */
const prefix = 'whsec_'

/** Bytes that a secret of Standard Webhooks has. */
const secretBytes = { min: 24, max: 64 } as const

/** A secret of these bytes, as it is told. */
export function secretOf(bytes: Uint8Array): string {
  return `${prefix}${bytes.toBase64()}`
}

/** Whether that is a secret: `whsec_` and 24 to 64 bytes in base64. */
export function isSecret(text: string): boolean {
  const encoded = text.startsWith(prefix) ? text.slice(prefix.length) : ''
  const { length } = Buffer.from(encoded, 'base64')
  const isBase64 = Buffer.from(encoded, 'base64').toString('base64') === encoded
  return isBase64 && length >= secretBytes.min && length <= secretBytes.max
}

/**
 * Signs a delivery as Standard Webhooks has it (`webhook-signature`), by each of the secrets.
 * @param id of the event, `webhook-id`
 * @param seconds since 1970, `webhook-timestamp`
 */
export function signatures(
  secrets: readonly string[],
  id: string,
  seconds: number,
  body: string,
): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(prefix.length), 'base64')
      return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
    })
    .join(' ')
}
