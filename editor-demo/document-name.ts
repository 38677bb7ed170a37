/** The document of somebody who asked for none: strangers in the lab meet in it. */
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

/** The document named by a page address such as `/lab?document=NAME`, else the default one. */
export function documentOf(address: URL): string {
  return parseDocumentName(address.searchParams.get('document') ?? '') ?? defaultDocument
}

/** The address that opens `name` in the lab. */
export function addressOf(name: string, base: URL): URL {
  const address = new URL(base)
  address.search = ''
  address.hash = ''
  address.searchParams.set('document', name)
  return address
}

/** The address of a document's own page; this is what people send to each other. */
export function pageOf(name: string): string {
  return `/d/${encodeURIComponent(name)}`
}

/** A name that the server has made up says nothing to people. */
const madeUp = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const titleCharsMax = 80

/** What a document is called: its first line, else its name. */
export function titleOf(text: string, name: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '')
  return line?.trim().slice(0, titleCharsMax) || (madeUp.test(name) ? 'Untitled' : name)
}
