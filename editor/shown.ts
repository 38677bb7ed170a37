import type { Token, Session } from './link/session.ts'
import type { Counts, PanelName } from './panels/panel.ts'
import type { Passage } from './panels/passages.ts'
import type { Situation } from './words.ts'

/** What an element shows: a document in its own page, or one in a frame. */
export interface Shown {
  /** The document and its connection, where they are in this page. */
  readonly session: Session | undefined
  /** Whether there is an editor. */
  readonly isFilled: boolean
  /** The editor as its maker knows it, where it is in this page. */
  readonly native: unknown
  readonly isEmpty: boolean
  readonly text: string
  /** What a form sends. */
  readonly value: string
  readonly json: unknown
  readonly situation: Situation
  readonly saved: boolean
  readonly pending: number
  readonly panel: PanelName | undefined
  readonly counts: Counts | undefined
  readonly followed: number | undefined
  /** The page has another token. */
  offer(token: Token | undefined): void
  /** Somebody is called otherwise, or the page lets people read alone. */
  refresh(): void
  connect(): void
  disconnect(): void
  /** Resolves when all that was written is on the server's disk; rejects when it is refused. */
  flush(): Promise<void>
  focus(): void
  /** Has buttons for the panels that the element names. */
  offerPanels(): void
  comment(range: Passage | undefined): void
  openPanel(name: PanelName | undefined): void
  follow(clientId: number | undefined): void
  goTo(clientId: number): boolean
  close(): void
}
