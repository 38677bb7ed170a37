/** The document of somebody who asked for none: strangers on `/` meet in it. */
const defaultDocument = 'welcome'

const nameBytesMax = 512
const controlCharacters = /\p{Cc}/u

/**
 * The document name that a person typed or a link holds.
 * Gives undefined for what cannot name a document, and for `.` and `..`, which no browser sends.
 */
export function parseDocumentName(text: string): string | undefined {
  const name = text.trim()
  const bytes = new TextEncoder().encode(name).length
  const isName =
    bytes > 0 && bytes <= nameBytesMax && name.isWellFormed() && !controlCharacters.test(name)
  return isName && name !== '.' && name !== '..' ? name : undefined
}

/** The document named by a page address such as `/?document=NAME`, else the default one. */
export function documentOf(address: URL): string {
  return parseDocumentName(address.searchParams.get('document') ?? '') ?? defaultDocument
}

/** The page address that opens `name`; this is what people send to each other. */
export function addressOf(name: string, base: URL): URL {
  const address = new URL(base)
  address.search = ''
  address.hash = ''
  address.searchParams.set('document', name)
  return address
}
