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
