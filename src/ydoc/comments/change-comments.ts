import * as Y from 'yjs'
import { UnfitError } from '../content/content-wish.ts'
import { type CommentActor, type CommentsChange, threadsRoot } from './comment-wish.ts'
import type { CommentAnchor, CommentIntent, CommentPerson, NewComment } from './comment-wish.ts'

type Field = Y.Map<unknown>
type Comments = Y.Array<Field>

/**
 * Does with a document of comments what somebody wants.
 * @throws UnfitError when there is no such thing, it is not theirs, or there are too many
 */
export function changeComments(doc: Y.Doc, change: CommentsChange): void {
  const { actor, at, intent, limits } = change
  const threads = doc.getMap<Field>(threadsRoot)
  const shrinks = intent.act === 'remove' || (intent.act === 'react' && !intent.on)
  const mayGrow = !shrinks && intent.act !== 'resolve'
  if (mayGrow && Y.encodeStateAsUpdate(doc).length > limits.comments_bytes_max) {
    throw tooMany(`${limits.comments_bytes_max} bytes of them are the limit`, 'comments-bytes-max')
  }
  if (intent.act === 'create') return create(threads, intent, change)
  const thread = threads.get(intent.thread)
  if (thread === undefined) throw missing('thread')
  const comments = thread.get('comments')
  if (!isComments(comments) || comments.length === 0) throw missing('thread')
  switch (intent.act) {
    case 'reply': {
      const most = limits.comments_in_thread_max
      if (comments.length >= most) {
        throw tooMany(`${most} in one thread are the limit`, 'comments-in-thread-max')
      }
      return comments.push([commentOf(intent.comment, change)])
    }
    case 'resolve':
      return resolve(thread, intent.resolved, actor, at)
    case 'edit': {
      const [, comment] = find(comments, intent.comment)
      if (!isTheirs(comment, actor.by)) throw notTheirs('change it')
      if (comment.get('text') === intent.text) return
      comment.set('text', intent.text)
      comment.set('edited', at)
      return
    }
    case 'remove': {
      const [place, comment] = find(comments, intent.comment)
      if (!actor.mayRemove && !isTheirs(comment, actor.by)) throw notTheirs('delete it')
      remove(comments, place, comment)
      // The thread itself stays: another server may have taken an answer that is not here yet.
      if (comments.length === 0) thread.set('emptied', at)
      return
    }
    case 'react':
      return react(find(comments, intent.comment)[1], intent, change)
  }
}

function create(
  threads: Y.Map<Field>,
  { anchor, comment, thread }: Extract<CommentIntent, { readonly act: 'create' }>,
  change: CommentsChange,
): void {
  dropEmptied(threads, Date.parse(change.at))
  const most = change.limits.comment_threads_max
  const filled = [...threads.values()].filter((one) => !isEmpty(one))
  if (filled.length >= most) {
    throw tooMany(`${most} threads are the limit`, 'comment-threads-max')
  }
  checkPositions(anchor)
  const fields: Field = new Y.Map()
  threads.set(thread, fields)
  fields.set('anchor', anchor)
  fields.set('by', change.actor.by)
  fields.set('at', change.at)
  fields.set('resolved', null)
  const comments: Comments = new Y.Array()
  fields.set('comments', comments)
  comments.push([commentOf(comment, change)])
}

/** An answer that was taken before its server heard of the end has long come by then. */
const emptiedMs = 24 * 60 * 60 * 1_000

/** Threads without a comment are shown to nobody; after a time they are gone. */
function dropEmptied(threads: Y.Map<Field>, now: number): void {
  for (const [id, thread] of threads) {
    const emptied = thread.get('emptied')
    const since = typeof emptied === 'string' ? now - Date.parse(emptied) : 0
    if (since > emptiedMs && isEmpty(thread)) threads.delete(id)
  }
}

function isEmpty(thread: Field): boolean {
  const comments = thread.get('comments')
  return isComments(comments) && comments.length === 0
}

/** What a client cannot read would have it show nothing of the thread. */
function checkPositions({ from, to }: CommentAnchor): void {
  for (const position of [from, to]) {
    try {
      if (position !== undefined) Y.decodeRelativePosition(Buffer.from(position, 'base64url'))
    } catch {
      const detail = 'The anchor’s from and to are relative positions of Yjs in base64url.'
      throw new UnfitError('bad-request', detail)
    }
  }
}

function commentOf({ id, mentions, text }: NewComment, { actor, at }: CommentsChange): Field {
  const comment: Field = new Y.Map()
  comment.set('id', id)
  comment.set('by', actor.by)
  comment.set('at', at)
  comment.set('text', text)
  comment.set('mentions', [...mentions])
  comment.set('reactions', new Y.Map())
  return comment
}

function resolve(thread: Field, resolved: boolean, actor: CommentActor, at: string): void {
  if (!actor.mayResolve && !isTheirs(thread, actor.by)) throw notTheirs('resolve the thread')
  const was = thread.get('resolved') !== null
  if (was !== resolved) thread.set('resolved', resolved ? { by: actor.by, at } : null)
}

/** What has an answer keeps its place; at the end nothing stays that says nothing. */
function remove(comments: Comments, place: number, comment: Field): void {
  comment.set('deleted', true)
  comment.set('text', '')
  comment.set('mentions', [])
  comment.set('reactions', new Y.Map())
  if (place < comments.length - 1) return
  let from = place
  while (from > 0 && comments.get(from - 1).get('deleted') === true) from--
  comments.delete(from, comments.length - from)
}

function react(
  comment: Field,
  { emoji, on }: Extract<CommentIntent, { readonly act: 'react' }>,
  { actor: { by }, limits }: CommentsChange,
): void {
  const reactions = comment.get('reactions')
  if (!(reactions instanceof Y.Map)) throw missing('comment')
  const whose = ` ${by.id ?? ''}`
  const key = `${emoji}${whose}`
  if (reactions.has(key) === on) return
  if (!on) return reactions.delete(key)
  const { comment_reactions_max: most, comment_reactions_of_one_max: mostOfOne } = limits
  if (reactions.size >= most) {
    throw tooMany(`${most} reactions to one are the limit`)
  }
  const own = [...reactions.keys()].filter((other) => other.slice(other.indexOf(' ')) === whose)
  if (own.length >= mostOfOne) {
    throw tooMany(`${mostOfOne} reactions of one person to one are the limit`)
  }
  reactions.set(key, by)
}

/** A comment that is there, and its place. @throws UnfitError */
function find(comments: Comments, id: string): readonly [number, Field] {
  const place = comments.toArray().findIndex((one) => one.get('id') === id)
  const comment = place < 0 ? undefined : comments.get(place)
  if (comment === undefined || comment.get('deleted') === true) throw missing('comment')
  return [place, comment]
}

/** What nobody is known to have written is nobody's. */
function isTheirs(field: Field, { id }: CommentPerson): boolean {
  const by = field.get('by')
  const isKnown = typeof by === 'object' && by !== null && 'id' in by
  return isKnown && id !== null && by.id === id
}

function isComments(value: unknown): value is Comments {
  return value instanceof Y.Array
}

function missing(what: 'comment' | 'thread'): UnfitError {
  return new UnfitError('no-such-comment', `There is no ${what} of that id.`)
}

function notTheirs(what: string): UnfitError {
  return new UnfitError('not-your-comment', `Only its author can ${what}.`)
}

/** @param flag of the limit, where the operator may set it */
function tooMany(what: string, flag?: string): UnfitError {
  const where = flag === undefined ? '' : ` (--${flag})`
  return new UnfitError('too-many-comments', `${what}${where}.`)
}
