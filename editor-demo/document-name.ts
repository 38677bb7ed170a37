/** The document of somebody who asked for none: strangers on `/` meet in it. */
export const defaultDocument = 'welcome'

const longestName = 100

/**
 * The document name that a person typed or a link holds.
 * Gives undefined for what could not be told apart from a path: empty, `.` or `..` segments.
 */
export function parseDocumentName(text: string): string | undefined {
  const name = text.trim()
  if (name.length === 0 || name.length > longestName || !name.isWellFormed()) return undefined
  const segments = name.split('/')
  if (segments.some((segment) => segment === '' || /^\.{1,2}$/.test(segment))) return undefined
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u001f\u007f]/.test(name) ? undefined : name
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

/**
 * The room of a document in y-websocket's terms. The client appends it to the server's URL as it
 * is, so each segment is escaped here: `#` and `?` would otherwise end the path.
 */
export function roomOf(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/')
}
