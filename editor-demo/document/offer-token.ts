import type { YtopicEditor } from '../../editor/element.ts'
import { piece } from '../../editor/panels/piece.ts'

/** Where the server wants a token, lets somebody type one below what the element says of it. */
export function offerToken(editor: YtopicEditor, use: (token: string) => void): void {
  const field = piece('input', '')
  field.required = true
  field.spellcheck = false
  const label = piece('label', '', 'Your token', field)
  const form = piece('form', 'token', label, piece('button', 'primary', 'Open with it'))
  form.autocomplete = 'off'
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    use(field.value.trim())
  })
  const show = (): void => {
    form.hidden = !['token-needed', 'expired', 'forbidden'].includes(editor.standing.kind)
  }
  editor.before(form)
  editor.addEventListener('standing', show)
  show()
}
