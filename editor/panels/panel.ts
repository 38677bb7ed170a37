import type { Session, Token } from '../link/session.ts'
import type { Person } from '../link/person.ts'
import type { Author } from './face.ts'
import type { Passage, Passages } from './passages.ts'

/** What can stand beside a text. */
export const panelNames = ['comments', 'chat'] as const

/** One of them. */
export type PanelName = (typeof panelNames)[number]

/** What panels count: open threads, unread messages. */
export type Counts = Readonly<Record<PanelName, number>>

/** What panels are called. */
export const panelTitles: Readonly<Record<PanelName, string>> = {
  comments: 'Comments',
  chat: 'Chat',
}

/** What is told of a comment. */
export interface CommentTold {
  /** Ids of the thread and of the comment in it. */
  readonly thread: string
  readonly comment: string
  /** The words that it is about. */
  readonly quote: string
  readonly text: string
  readonly by: Author | null
}

/** What a panel works with. */
export interface PanelParts {
  readonly session: Session
  /** The element. */
  readonly host: HTMLElement
  /** What holds the text and the panels, within it. */
  readonly place: HTMLElement
  readonly token: () => Token | undefined
  readonly document: string
  /** Name of the shared type that is edited. */
  readonly root: string
  /** Who others see, where the server does not say it. */
  readonly user: () => Person
  /** In which language days and times are said; undefined for the browser's. */
  readonly locale: string | undefined
  /** The text beside it, once there is an editor. */
  readonly passages: () => Passages | undefined
  /** It has counted something else. */
  readonly counted: () => void
  /** Asks to be seen. */
  readonly show: () => void
  /** Tells the page of something. */
  readonly say: (type: 'comment' | 'mention', detail: CommentTold) => void
}

/** What stands beside a text. */
export interface Panel {
  /** What it shows, in its order. */
  readonly content: readonly HTMLElement[]
  readonly count: number
  /** It has come into sight, or has gone out of it. */
  seen(isSeen: boolean): void
  /** Somebody has another name, or another text is selected. */
  refresh(): void
  /** Has somebody write about a passage; without one about what is selected. */
  compose?(passage: Passage | undefined): void
  /** Ends it. */
  close(): void
}

/** Reads names out of an attribute; what is no panel is left out. */
export function readPanelNames(given: string): readonly PanelName[] {
  const words = new Set(given.split(/\s+/))
  return panelNames.filter((name) => words.has(name))
}
