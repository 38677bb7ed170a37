import type { Awareness } from 'y-protocols/awareness'
import type { WebsocketProvider } from 'y-websocket'
import { EditorAttributes } from './attributes.ts'
import type { EarlierCopy } from './offline.ts'
import type { Counts, PanelName } from './panels/panel.ts'
import type { Passage } from './panels/passages.ts'
import type { Shown } from './shown.ts'

/** What elements have opened: it is theirs, and no property that a page could see. */
export const openings = new WeakMap<EditorAttributes, Shown>()

const noCounts: Counts = { comments: 0, chat: 0 }

/** What a page asks of an element that shows a document. */
export abstract class EditorMembers extends EditorAttributes {
  /** The connection, of y-websocket. */
  get provider(): WebsocketProvider | undefined {
    return openings.get(this)?.session?.link.provider
  }

  /** Who is here. */
  get awareness(): Awareness | undefined {
    return openings.get(this)?.session?.link.awareness
  }

  /** Tiptap's `Editor` or CodeMirror's `EditorView`. */
  get editor(): unknown {
    return openings.get(this)?.native
  }

  /** Whether all that was written here is on the server's disk. */
  get saved(): boolean {
    return openings.get(this)?.saved === true
  }

  /** How many edits are not known to be there. */
  get pending(): number {
    return openings.get(this)?.pending ?? 0
  }

  /** What a form sends: HTML of rich text, else the text. */
  get value(): string {
    return openings.get(this)?.value ?? ''
  }

  /** Which panel is seen. */
  get panel(): PanelName | undefined {
    return openings.get(this)?.panel
  }

  /** Threads of comments that are open, and messages that are not read. */
  get counts(): Counts {
    return openings.get(this)?.counts ?? noCounts
  }

  /** The client that is followed. */
  get followed(): number | undefined {
    return openings.get(this)?.followed
  }

  /** The text alone. */
  getText(): string {
    return openings.get(this)?.text ?? ''
  }

  /** Rich text as Tiptap's JSON, else the text. */
  getJSON(): unknown {
    return openings.get(this)?.json
  }

  /** Puts the caret into the text. */
  override focus(): void {
    openings.get(this)?.focus()
  }

  /** What this device has kept of lives before, where the document was made anew. */
  async earlierCopies(): Promise<readonly EarlierCopy[]> {
    return (await openings.get(this)?.session?.copy?.earlier()) ?? []
  }

  /** Works offline until `connect`. */
  disconnect(): void {
    openings.get(this)?.disconnect()
  }

  /** Shows a panel, in place of the one that is seen; `undefined` shows none. */
  openPanel(name: PanelName | undefined): void {
    openings.get(this)?.openPanel(name)
  }

  /**
   * Has somebody comment on a passage; without one on what is selected, or on the paragraph with
   * the caret.
   * @param range in characters of the text, blocks parted by one line break
   */
  comment(range?: Passage): void {
    openings.get(this)?.comment(range)
  }

  /** Stays with the caret of another client, until one moves oneself; `undefined` ends it. */
  follow(clientId: number | undefined): void {
    openings.get(this)?.follow(clientId)
  }

  /** Goes to the caret of another client once. @returns whether it is in the text */
  goTo(clientId: number): boolean {
    return openings.get(this)?.goTo(clientId) === true
  }
}
