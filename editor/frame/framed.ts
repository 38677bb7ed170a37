import { defineYtopicEditor } from '../define.ts'
import { askParent, tellParent } from './parent.ts'

/** What may be said of the editor in the frame's address. */
const given = [
  'kind',
  'root',
  'language',
  'placeholder',
  'theme',
  'toolbar',
  'user-name',
  'panels',
  'lang',
] as const

// The page below `/embed/`: one document alone, for frames in pages of listed sites.
defineYtopicEditor()
const { pathname, searchParams } = new URL(location.href)
const editor = document.createElement('ytopic-editor')
for (const name of given) {
  const value = searchParams.get(name)
  if (value !== null) editor.setAttribute(name, value)
}
editor.readonly = searchParams.has('readonly')
editor.document = decodeURIComponent(pathname.split('/')[2] ?? '')
if (searchParams.get('token') === 'ask') editor.token = () => askParent()
document.body.append(editor)
document.title = editor.document

editor.addEventListener('standing', () => {
  const { kind, pending, title } = editor.standing
  tellParent({ type: 'ytopic-standing', kind, title, pending })
})
new ResizeObserver(() => {
  tellParent({ type: 'ytopic-height', height: editor.offsetHeight })
}).observe(editor)
