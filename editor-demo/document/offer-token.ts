import type { YtopicEditor } from '../../editor/element.ts'
import { piece } from '../../editor/panels/piece.ts'

/** Where the server wants a token, lets somebody type one below what the element says of it. */
export function offerToken(editor: YtopicEditor, use: (token: string) => void): void {
  const field = piece('input', '')
  field.required = true
  field.spellcheck = false
  const label = piece('label', '', 'Your token', field)
  const title = piece('h2', '')
  const words = piece(
    'p',
    '',
    'A token says who you are and which documents you may open. ' +
      'Whoever runs this server gives you one.',
  )
  const asked = piece('div', '', title, words)
  asked.role = 'alert'
  const form = piece('form', 'token', asked, label, piece('button', 'primary', 'Open with it'))
  form.autocomplete = 'off'
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    use(field.value.trim())
  })
  const show = (): void => {
    const { kind, title: said } = editor.standing
    form.hidden = !['token-needed', 'expired', 'forbidden'].includes(kind)
    // The element speaks to who has made a page; at this one people give the token themselves.
    const isAsked = kind === 'token-needed'
    editor.classList.toggle('asked', isAsked)
    asked.hidden = !isAsked
    title.textContent = isAsked ? said : ''
  }
  editor.before(form)
  editor.addEventListener('standing', show)
  show()
}
