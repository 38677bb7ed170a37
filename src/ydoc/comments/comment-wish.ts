/** The root of a document of comments in which its threads are, by id. */
export const threadsRoot = 'threads'

/** A person as a thread tells of them. */
export interface CommentPerson {
  readonly id: string | null
  readonly name: string | null
  readonly color: string | null
}

/** What a thread is about: a place in a document's root, and the words that stood there. */
export interface CommentAnchor {
  readonly root: string
  readonly quote: string
  readonly prefix?: string | undefined
  readonly suffix?: string | undefined
  /** Where it begins and ends: relative positions of Yjs in base64url. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** What somebody wants to do with comments. */
export type CommentIntent =
  | {
      readonly act: 'create'
      readonly thread: string
      readonly anchor: CommentAnchor
      readonly comment: NewComment
    }
  | { readonly act: 'reply'; readonly thread: string; readonly comment: NewComment }
  | { readonly act: 'resolve'; readonly thread: string; readonly resolved: boolean }
  | {
      readonly act: 'edit'
      readonly thread: string
      readonly comment: string
      readonly text: string
    }
  | { readonly act: 'remove'; readonly thread: string; readonly comment: string }
  | {
      readonly act: 'react'
      readonly thread: string
      readonly comment: string
      readonly emoji: string
      readonly on: boolean
    }

/** A comment that is to be. */
export interface NewComment {
  readonly id: string
  readonly text: string
  /** Ids of people whom it mentions. */
  readonly mentions: readonly string[]
}

/** Who wants it, and what they may do with what is not their own. */
export interface CommentActor {
  readonly by: CommentPerson
  /** Whether it may resolve everybody's threads. */
  readonly mayResolve: boolean
  /** Whether it may delete everybody's comments. */
  readonly mayRemove: boolean
}

/** How comments are to be changed. */
export interface CommentsChange {
  readonly kind: 'comments'
  readonly intent: CommentIntent
  readonly actor: CommentActor
  /** ISO 8601. */
  readonly at: string
  readonly limits: {
    readonly comments_bytes_max: number
    readonly comment_threads_max: number
    readonly comments_in_thread_max: number
    readonly comment_reactions_max: number
    readonly comment_reactions_of_one_max: number
  }
}
