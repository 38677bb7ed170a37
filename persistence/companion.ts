import { createHash } from 'node:crypto'

/** What stands between a document's name and what a document beside it is for. */
export const beside = '::'

const comments = `${beside}comments`

/** The name of the document that has the comments on another one. */
export function commentsBeside(document: string): string {
  return document + comments
}

/** The document whose comments are in one of that name; undefined where it is no such name. */
export function commentedIn(name: string): string | undefined {
  const owner = name.endsWith(comments) ? name.slice(0, -comments.length) : ''
  return owner === '' ? undefined : owner
}

/** Whether a name is of the comments on a document, which are told of as that document's. */
export function areComments(name: string): boolean {
  return commentedIn(name) !== undefined
}

/** A key of a request about a document, which is forgotten with what it was answered by a purge. */
export function keyAbout(document: string, rest: string): string {
  return `${nameDigest(document)} ${rest}`
}

/** The keys about a document: those behind the first, and before the last. */
export function keysAbout(document: string): readonly [first: string, last: string] {
  const digest = nameDigest(document)
  return [`${digest} `, `${digest}!`]
}

function nameDigest(document: string): string {
  return createHash('sha256').update(document).digest('base64url')
}
