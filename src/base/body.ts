/**
 * Reads what somebody sends as text, up to a bound.
 * @returns undefined when it is more than `bytesMax`, or not UTF-8
 */
export async function readBody(
  body: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<string | undefined> {
  if (body === null) return ''
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  const reader = body.getReader()
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + utf8.decode()
      bytes += value.length
      if (bytes > bytesMax) return undefined
      text += utf8.decode(value, { stream: true })
    }
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
