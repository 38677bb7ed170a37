import type * as Y from 'yjs'
import type { Author } from '../panels/face.ts'

/** Where in a document a thread belongs. */
export interface Anchor {
  /** Name of the shared type. */
  readonly root: string
  readonly quote: string
  /** What stands before and behind it: they tell it from the same words elsewhere. */
  readonly prefix?: string | undefined
  readonly suffix?: string | undefined
  /** Its ends as relative positions, in base64url. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** People who reacted in the same way. */
export interface Reaction {
  readonly emoji: string
  readonly by: readonly Author[]
}

/** A comment in a thread. */
export interface Comment {
  readonly id: string
  readonly by: Author | null
  readonly at: string
  readonly text: string
  readonly isEdited: boolean
  /** Its place is kept, as others answered it. */
  readonly isDeleted: boolean
  /** Ids of people. */
  readonly mentions: readonly string[]
  readonly reactions: readonly Reaction[]
}

/** Comments on the same words. */
export interface Thread {
  readonly id: string
  readonly anchor: Anchor
  readonly by: Author | null
  readonly at: string
  readonly resolved: { readonly by: Author | null; readonly at: string } | null
  readonly comments: readonly Comment[]
}

type Given = Readonly<Record<string, unknown>>

/** The threads of a document of comments, in the order in which they were begun. */
export function readThreads(threads: Y.Map<unknown>): readonly Thread[] {
  const given: Given = threads.toJSON()
  return (
    Object.entries(given)
      .flatMap(([id, thread]) => (isGiven(thread) ? [threadOf(id, thread)] : []))
      // Kept by the server for answers that are on their way, when its last comment was deleted.
      .filter(({ comments }) => comments.length > 0)
      .toSorted((one, other) => (one.at < other.at ? -1 : 1))
  )
}

function threadOf(id: string, given: Given): Thread {
  const { anchor, comments, resolved } = given
  return {
    id,
    anchor: anchorOf(isGiven(anchor) ? anchor : {}),
    by: authorOf(given['by']),
    at: textIn(given, 'at'),
    resolved: isGiven(resolved)
      ? { by: authorOf(resolved['by']), at: textIn(resolved, 'at') }
      : null,
    comments: Array.isArray(comments) ? comments.filter(isGiven).map(commentOf) : [],
  }
}

function anchorOf(given: Given): Anchor {
  const word = (key: string): string | undefined => textIn(given, key) || undefined
  return {
    root: textIn(given, 'root'),
    quote: textIn(given, 'quote'),
    prefix: word('prefix'),
    suffix: word('suffix'),
    from: word('from'),
    to: word('to'),
  }
}

function commentOf(given: Given): Comment {
  const { mentions, reactions } = given
  return {
    id: textIn(given, 'id'),
    by: authorOf(given['by']),
    at: textIn(given, 'at'),
    text: textIn(given, 'text'),
    isEdited: textIn(given, 'edited') !== '',
    isDeleted: given['deleted'] === true,
    mentions: Array.isArray(mentions) ? mentions.filter(isText) : [],
    reactions: reactionsOf(isGiven(reactions) ? reactions : {}),
  }
}

/** They are kept by emoji and person, so that two who press at a time both count. */
function reactionsOf(given: Given): readonly Reaction[] {
  const byEmoji = Map.groupBy(Object.entries(given), ([key]) => key.split(' ')[0] ?? '')
  return [...byEmoji].map(([emoji, all]) => ({
    emoji,
    by: all.flatMap(([, by]) => authorOf(by) ?? []),
  }))
}

/** Reads a person; null for anything else. */
export function authorOf(value: unknown): Author | null {
  if (!isGiven(value)) return null
  const word = (key: string): string | null => textIn(value, key) || null
  return { id: word('id'), name: word('name'), color: word('color') }
}

function textIn(given: Given, key: string): string {
  const value = given[key]
  return isText(value) ? value : ''
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isGiven(value: unknown): value is Given {
  return typeof value === 'object' && value !== null
}
