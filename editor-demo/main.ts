import { addressOf, documentOf, parseDocumentName } from './document-name.ts'
import { find } from './elements.ts'
import { connectTheme } from './theme.ts'
import { takeToken, withToken } from './token.ts'
import { Workspace } from './workspace.ts'

const form = find(document, HTMLFormElement, '[data-part=document-form]')
const field = find(document, HTMLInputElement, '#document-name')
const openTab = find(document, HTMLAnchorElement, '[data-testid=open-tab]')
const split = find(document, HTMLButtonElement, '[data-testid=split]')
const token = takeToken(new URL(location.href))
const workspace = new Workspace(
  find(document, HTMLElement, 'main'),
  documentOf(new URL(location.href)),
  token,
)

function showDocument(name: string): void {
  workspace.show(name)
  field.value = name
  openTab.href = withToken(addressOf(name, new URL(location.href)), token).href
  document.title = `${name} · ytopic`
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const name = parseDocumentName(field.value)
  if (name === undefined) {
    field.setCustomValidity('This name cannot be used: try words, digits, dashes.')
    field.reportValidity()
    return
  }
  if (name !== workspace.document) {
    history.pushState(null, '', addressOf(name, new URL(location.href)))
  }
  showDocument(name)
})

field.addEventListener('input', () => field.setCustomValidity(''))

split.addEventListener('click', () => {
  workspace.toggleSplit()
  split.ariaPressed = String(workspace.isSplit)
  document.body.classList.toggle('split', workspace.isSplit)
})

window.addEventListener('popstate', () => showDocument(documentOf(new URL(location.href))))

window.addEventListener('beforeunload', (event) => {
  if (workspace.hasUnsaved) event.preventDefault()
})

window.addEventListener('pagehide', () => workspace.leave())

window.addEventListener('pageshow', (event) => {
  if (event.persisted) workspace.comeBack()
})

if (new URLSearchParams(location.search).has('side-by-side')) split.click()
connectTheme(find(document, HTMLButtonElement, '[data-testid=theme]'))
showDocument(workspace.document)
// The address bar always holds the link to send, also when the page was opened without a name.
history.replaceState(null, '', addressOf(workspace.document, new URL(location.href)))
