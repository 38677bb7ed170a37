import type { YtopicEditor } from '../../editor/element.ts'

/** Where the server wants a token, lets somebody type one below what the element says of it. */
export function offerToken(editor: YtopicEditor, use: (token: string) => void): void {
  const form = document.createElement('form')
  form.className = 'token'
  form.autocomplete = 'off'
  const label = document.createElement('label')
  label.textContent = 'Your token'
  const field = document.createElement('input')
  field.required = true
  field.spellcheck = false
  label.append(field)
  const button = document.createElement('button')
  button.className = 'primary'
  button.textContent = 'Open with it'
  form.append(label, button)
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
