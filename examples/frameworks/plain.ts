import 'ytopic/editor'
import { getToken, me } from './token.ts'

// The tag may stand in the page before its script has come: what is set now holds then.
const editor = find('ytopic-editor')
editor.token = () => getToken(me)
editor.user = { name: me }
editor.addEventListener('standing', () => {
  find('#status').textContent = editor.standing.title
})
editor.addEventListener('change', () => {
  find('#letters').textContent = `${editor.getText().length} letters`
})

find('#move').addEventListener('click', () => {
  if (editor.previousElementSibling === null) find('#app').append(editor)
  else find('#app').prepend(editor)
})
find('#close').addEventListener('click', () => {
  if (editor.isConnected) editor.remove()
  else find('#app').prepend(editor)
  find('#close').textContent = editor.isConnected ? 'Close it' : 'Open it'
})

function find<Name extends string>(selector: Name): ElementOf<Name> {
  const found = document.querySelector<ElementOf<Name>>(selector)
  if (found === null) throw new Error(`The page has no ${selector}.`)
  return found
}

type ElementOf<Name> = Name extends keyof HTMLElementTagNameMap
  ? HTMLElementTagNameMap[Name]
  : HTMLElement
