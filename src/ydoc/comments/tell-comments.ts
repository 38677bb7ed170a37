import * as Y from 'yjs'
import { isObject } from '../../base/json.ts'
import { type CommentIntent, type CommentPerson, threadsRoot } from './comment-wish.ts'

/** A thread, or a comment, as it stands in a document of comments. */
type Entry = Y.Map<unknown>

/**
 * All threads as JSON, `{"threads": […]}`, in the order in which they were begun.
 * @param resolved only those that are, or are not; undefined for all
 */
export function threadsJson(doc: Y.Doc, resolved: boolean | undefined): string {
  const threads = [...threadsIn(doc)]
    .flatMap(([id, thread]) => (thread instanceof Y.Map ? threadView(id, thread) : []))
    // An empty one is kept for answers that are on their way, and shown to nobody.
    .filter(({ comments }) => comments.length > 0)
    .filter((one) => resolved === undefined || (one.resolved !== null) === resolved)
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
  return JSON.stringify({ threads })
}

/** What is told of an intent that was done, as JSON; undefined where it is gone. */
export function intentJson(doc: Y.Doc, intent: CommentIntent): string | undefined {
  const thread = threadsIn(doc).get(intent.thread)
  if (!(thread instanceof Y.Map)) return undefined
  switch (intent.act) {
    case 'create':
    case 'resolve':
      return JSON.stringify(threadView(intent.thread, thread))
    case 'reply':
      return commentJson(thread, intent.comment.id)
    case 'edit':
    case 'react':
    case 'remove':
      return commentJson(thread, intent.comment)
  }
}

function commentJson(thread: Entry, id: string): string | undefined {
  const comment = commentsIn(thread).find((one) => one.get('id') === id)
  return comment && JSON.stringify(commentView(comment))
}

function threadsIn(doc: Y.Doc): Entry {
  return doc.getMap(threadsRoot)
}

function commentsIn(thread: Entry): readonly Entry[] {
  const comments = thread.get('comments')
  if (!(comments instanceof Y.Array)) return []
  return comments.toArray().flatMap((one: unknown) => (one instanceof Y.Map ? one : []))
}

function threadView(id: string, thread: Entry) {
  const resolved = thread.get('resolved')
  return {
    id,
    anchor: thread.get('anchor') ?? { root: '', quote: '' },
    by: personIn(thread.get('by')),
    at: textIn(thread.get('at')),
    resolved: isObject(resolved)
      ? { by: personIn(resolved['by']), at: textIn(resolved['at']) }
      : null,
    comments: commentsIn(thread).map(commentView),
  }
}

function commentView(comment: Entry) {
  const edited = comment.get('edited')
  const mentions = comment.get('mentions')
  const reactions = comment.get('reactions')
  return {
    id: textIn(comment.get('id')),
    by: personIn(comment.get('by')),
    at: textIn(comment.get('at')),
    text: textIn(comment.get('text')),
    edited: typeof edited === 'string' ? edited : undefined,
    deleted: comment.get('deleted') === true ? true : undefined,
    mentions: Array.isArray(mentions) ? mentions.map(textIn) : [],
    reactions: reactions instanceof Y.Map ? byEmoji(reactions) : [],
  }
}

/** The key of a reaction is its emoji, a space and the id of who reacted. */
function byEmoji(reactions: Entry) {
  const people = Map.groupBy(reactions, ([key]) => key.split(' ', 1)[0] ?? '')
  return [...people].map(([emoji, some]) => ({
    emoji,
    by: some.map(([, person]) => personIn(person)),
  }))
}

function personIn(value: unknown): CommentPerson | null {
  if (!isObject(value)) return null
  const { color, id, name } = value
  return { id: textOrNull(id), name: textOrNull(name), color: textOrNull(color) }
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
