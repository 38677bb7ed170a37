import { defineYtopicEditor } from './define.ts'
import type { YtopicEditor } from './element.ts'

export { EditorAttributes, type Kind } from './attributes.ts'
export { YtopicEditor } from './element.ts'
export type { EditorMembers } from './members.ts'
export type { Person } from './link/person.ts'
export type { CommentTold, Counts, PanelName } from './panels/panel.ts'
export type { Author } from './panels/face.ts'
export type { Passage } from './panels/passages.ts'
export type { Token } from './link/session.ts'
export type { Situation, SituationKind } from './words.ts'

// The entry of the package: who imports it has the tag, and where there is no page nothing happens.
defineYtopicEditor()

declare global {
  interface HTMLElementTagNameMap {
    'ytopic-editor': YtopicEditor
  }
}
