import { piece } from '../../editor/panels/piece.ts'
import { find } from '../elements.ts'

const copiedForMs = 2_000
const thisMachine = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Shows the link to send, and what to do so that others can follow it. */
export function connectShare(link: URL): void {
  const panel = find(document, HTMLElement, '#share')
  const field = find(panel, HTMLInputElement, 'input')
  field.value = link.href
  field.addEventListener('focus', () => field.select())
  const copy = find(panel, HTMLButtonElement, 'button')
  copy.addEventListener('click', () => {
    copyText(link.href).then(
      () => say('Copied'),
      // The browser may keep pages from it: then people copy it themselves.
      () => {
        field.select()
        say('Press Ctrl+C')
      },
    )
  })
  const say = (words: string): void => {
    copy.textContent = words
    setTimeout(() => {
      copy.textContent = 'Copy link'
    }, copiedForMs)
  }
  const isNear = thisMachine.test(link.hostname)
  find(panel, HTMLElement, '.reach').append(...(isNear ? nearWords() : [tokenWords]))
}

const tokenWords = 'Where the server asks for tokens, the other person needs one of their own.'

function nearWords(): readonly (Node | string)[] {
  return [
    'This link works on this machine only. To be reached from others, the server is started with ',
    piece('code', '', '--host 0.0.0.0'),
    ' and a way to let people in; then use the name or address of this machine in the link.',
  ]
}

/** Rejects where the browser keeps the page from it, or has nothing to copy to. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}
