import type { Editor } from '@tiptap/core'
import type { YtopicEditor } from '../../editor/element.ts'
import { find } from '../elements.ts'

/**
 * Shows the document's title, which is the first line of its text, in the bar, to be changed there.
 * Gives the function that shows another one.
 */
export function connectTitle(editor: YtopicEditor): (title: string) => void {
  const heading = find(document, HTMLElement, 'h1')
  const field = find(document, HTMLInputElement, '.title')
  let shown = ''
  const put = (): void => {
    field.value = shown
  }
  const show = (title: string): void => {
    shown = title
    heading.textContent = title
    const isRich = editor.kind === 'rich' && editor.editor !== undefined
    field.readOnly = !isRich || editor.matches(':state(readonly), :state(refused)')
    // What somebody types there is left to them.
    if (document.activeElement !== field) put()
  }
  field.addEventListener('change', () => {
    const title = field.value.trim()
    if (title !== '' && title !== shown) rewrite(editor, title)
  })
  field.addEventListener('blur', put)
  field.addEventListener('keydown', ({ isComposing, key }) => {
    if (isComposing || (key !== 'Enter' && key !== 'Escape')) return
    if (key === 'Escape') put()
    // To the text: what was typed is taken as the field loses the keyboard.
    editor.focus()
  })
  return show
}

/** Puts other words into the first line of a text; an empty text gets one. */
function rewrite({ editor }: YtopicEditor, title: string): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the element is of kind rich
  const { commands, state } = editor as Editor
  let line: { readonly from: number; readonly to: number } | undefined
  state.doc.descendants((node, at) => {
    const hasText = node.isTextblock && node.textContent.trim() !== ''
    if (line === undefined && hasText) line = { from: at + 1, to: at + node.nodeSize - 1 }
    return line === undefined
  })
  const text = { type: 'text', text: title }
  if (line !== undefined) commands.insertContentAt(line, text)
  else commands.insertContentAt(0, { type: 'heading', attrs: { level: 1 }, content: [text] })
}
