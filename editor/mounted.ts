import type { Following } from './link/following.ts'
import type { Link } from './link/link.ts'
import type { Person } from './link/person.ts'
import type { Passages } from './panels/passages.ts'

/** What an editor is made of. */
export interface Mount<Root> {
  /** Where it goes. */
  readonly parent: HTMLElement
  /** The shared type that it edits. */
  readonly root: Root
  readonly link: Link
  readonly person: Person
  /** What it is called for screen readers. */
  readonly label: string
  readonly placeholder: string
  /** For styles that extensions of the page write into it; undefined where it has none. */
  readonly nonce?: string | undefined
  /** Whether text may be written now. It is asked whenever the link tells of a change. */
  readonly mayWrite: () => boolean
  /** Somebody else is followed, or nobody. */
  readonly followed?: (() => void) | undefined
}

/** An editor in its place. */
export interface Mounted {
  /** The editor as its maker knows it: Tiptap's `Editor`, CodeMirror's `EditorView`. */
  readonly native: unknown
  /** Whether nothing is written; asked at every change, however long the text is. */
  readonly isEmpty: boolean
  /** The text alone. */
  readonly text: string
  /** What a form sends: HTML of rich text, else the text. */
  readonly value: string
  /** Rich text as Tiptap's JSON, else the text. */
  readonly json: unknown
  /** What panels know of the text. */
  readonly passages: Passages
  readonly following: Following
  readonly focus: () => void
  /** Asks anew whether text may be written. */
  readonly refresh: () => void
  /** Takes it away. */
  readonly destroy: () => void
}
