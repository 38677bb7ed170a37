import type { Extensions } from '@tiptap/core'
import { Image } from '@tiptap/extension-image'
import { TaskItem, TaskList } from '@tiptap/extension-list'
import { TableKit } from '@tiptap/extension-table'

/** What rich text holds beside paragraphs, lists and quotes; what is pasted of it stays, too. */
export const blocks: Extensions = [
  // Widths would be written as styles, which pages may forbid.
  TableKit.configure({ table: { resizable: false, renderWrapper: true } }),
  TaskList,
  TaskItem.configure({
    nested: true,
    // Its own words, and not those of tasks below it.
    a11y: { checkboxLabel: (node) => node.firstChild?.textContent || 'Task' },
  }),
  // By its address alone: pictures as text would make every document large.
  Image.configure({ allowBase64: false }),
]
