/**
 * Reads what somebody sends, up to a bound.
 * @returns undefined when it is more than `bytesMax`
 */
export async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body ?? []) {
    length += part.length
    if (length > bytesMax) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/**
 * Reads what somebody sends as text, up to a bound.
 * @returns undefined when it is more than `bytesMax`, or not UTF-8
 */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<string | undefined> {
  try {
    const bytes = await readBytes(body, bytesMax)
    return bytes && new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
