/** Largest document name, in bytes of UTF-8. */
const documentNameBytesMax = 512

/** A document name, or the words in which it is refused. */
export type NameVerdict =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'bad-name'; readonly reason: string }

const encoder = new TextEncoder()

/** A `%` that begins no escape stands for itself: clients write names into the path as they are. */
const lonePercent = /%(?![0-9a-f]{2})/gi

/**
 * Reads a document name from a URL path as it came (percent-encoded, slashes kept). The path's dot
 * segments are gone by then: URLs are normalised by the sender and by the server.
 * @param encoded the path behind the endpoint, without the slash before it.
 */
export function readDocumentName(encoded: string): NameVerdict {
  let name: string
  try {
    name = decodeURIComponent(encoded.replace(lonePercent, '%25'))
  } catch {
    return { kind: 'bad-name', reason: 'The document name is not valid percent-encoded UTF-8.' }
  }
  return checkDocumentName(name)
}

/** Whether a string can name a document. */
export function checkDocumentName(name: string): NameVerdict {
  const bytes = encoder.encode(name).length
  if (bytes === 0) return { kind: 'bad-name', reason: 'The document name is empty.' }
  if (bytes > documentNameBytesMax) {
    const reason = `The document name has ${bytes} bytes; ${documentNameBytesMax} are the limit.`
    return { kind: 'bad-name', reason }
  }
  // Two different strings with lone surrogates would be stored under the same bytes.
  if (!name.isWellFormed()) {
    return { kind: 'bad-name', reason: 'The document name is not well-formed Unicode.' }
  }
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) {
    return { kind: 'bad-name', reason: 'The document name has control characters.' }
  }
  return { kind: 'name', name }
}
