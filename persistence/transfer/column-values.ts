/** Bytes, none where there are none. */
export function bufferOf(value: unknown): Buffer {
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0)
}

export function bytesIn(value: unknown): Uint8Array | null {
  return value instanceof Uint8Array ? value : null
}

export function textOf(value: unknown): string {
  return bufferOf(value).toString()
}

export function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

export function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}
