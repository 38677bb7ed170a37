import type { CommentsChange } from '../comments/comment-wish.ts'

/** What a root may be. */
export const rootKinds = ['text', 'xml', 'array', 'map'] as const
export type RootKind = (typeof rootKinds)[number]

/** A root and what it is, as far as what stands in it tells. */
export interface RootOf {
  readonly name: string
  readonly kind: RootKind | 'unknown'
}

/** Forms of content that are made of a `Y.Doc`; the bytes of an update are not. */
export const convertedFormats = [
  'json',
  'text',
  'delta',
  'prosemirror',
  'markdown',
  'html',
] as const
export type ConvertedFormat = (typeof convertedFormats)[number]

/** Which root is meant; undefined leaves it to what is there. */
export interface RootWish {
  readonly root: string | undefined
  readonly rootKind: RootKind | undefined
}

/** What is asked of a document for its content. */
export interface ReadWish extends RootWish {
  readonly format: ConvertedFormat
}

/** Why content is not read or written; the kinds are those of the table of refusals. */
export interface Unfit {
  readonly kind: 'unfit'
  readonly refusal:
    | 'root-ambiguous'
    | 'bad-content'
    | 'bad-request'
    | 'bad-update'
    | 'body-too-large'
    | 'precondition-needed'
    | 'no-such-comment'
    | 'not-your-comment'
    | 'too-many-comments'
  readonly detail: string
}

/** What a document holds, told without its content. */
export interface Looked {
  readonly kind: 'looked'
  /** The same for the same state, deletes and all, however it is stored. */
  readonly digest: string
  readonly roots: readonly RootOf[]
}

/** Content in one of the forms, as UTF-8. */
export interface ReadContent {
  readonly kind: 'read'
  readonly digest: string
  readonly bytes: Uint8Array
}

/** An edit of a text root; the places are UTF-16 units of the state before all of the edits. */
export interface TextEdit {
  readonly at: number
  readonly delete?: number | undefined
  readonly insert?: string | undefined
  readonly attributes?: Readonly<Record<string, unknown>> | undefined
}

/** Content that takes the place of what is there, or goes before or behind it. */
export interface ContentChange extends ReadWish {
  readonly kind: 'replace' | 'append' | 'prepend'
  readonly content: unknown
}

/** Text that gives way to another one; it has to be there once. */
export interface Substitution {
  readonly old: string
  readonly new: string
}

/** Texts that give way to others, in the content as that form tells it. */
export interface SubstituteChange extends ReadWish {
  readonly kind: 'substitute'
  readonly substitutions: readonly Substitution[]
}

/** How content is to be changed. */
export type Change =
  | ContentChange
  | SubstituteChange
  | (RootWish & { readonly kind: 'edits'; readonly edits: readonly TextEdit[] })
  | CommentsChange

/** The update that makes the change; undefined when there is nothing to change. */
export interface Edited {
  readonly kind: 'edited'
  readonly update: Uint8Array | undefined
  /** Where comments are changed, JSON of the thread or comment after it; none of a gone one. */
  readonly told?: string | undefined
}

/** Content that is not as it has to be, said in a sentence. */
export class UnfitError extends Error {
  readonly refusal: Unfit['refusal']

  constructor(refusal: Unfit['refusal'], detail: string) {
    super(detail)
    this.refusal = refusal
  }
}

/** Content that is nested deeper than it may be; whoever began to go into it knows how deep. */
export class TooDeepError extends Error {}
