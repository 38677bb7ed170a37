import { defineYtopicEditor } from '../../editor/define.ts'
import { YtopicEditor } from '../../editor/element.ts'
import { asking } from '../../editor/link/api.ts'
import { keepPage } from '../../editor/offline/keep-page.ts'
import { panelNames } from '../../editor/panels/panel.ts'
import { addressOf, pageOf, parseDocumentName, titleOf } from '../document-name.ts'
import { find } from '../elements.ts'
import { noteRecent, recentDocuments } from '../recent.ts'
import { loadPerson, savePerson } from '../seat.ts'
import { connectTheme } from '../theme.ts'
import { takeToken, useToken } from '../token.ts'
import { offerEarlier } from './earlier.ts'
import { HistoryPanel } from './history-panel.ts'
import { offerToken } from './offer-token.ts'
import { PanelButtons } from './panel-buttons.ts'
import { People } from './people.ts'
import { connectRegions } from './regions.ts'
import { connectShare } from './share.ts'
import { connectTitle } from './title.ts'

const address = new URL(location.href)
const name = nameIn(address)
// A name that cannot be one is no document: there is nothing to show but the list.
if (name === undefined) location.replace('/')
else open(name, takeToken(address))

function nameIn({ pathname }: URL): string | undefined {
  try {
    return parseDocumentName(decodeURIComponent(pathname.slice('/d/'.length)))
  } catch {
    return undefined
  }
}

function open(called: string, token: string | undefined): void {
  defineYtopicEditor()
  const editor = new YtopicEditor()
  const isCode = address.searchParams.get('kind') === 'code'
  editor.document = called
  editor.kind = isCode ? 'code' : 'rich'
  editor.panels = 'comments chat'
  editor.offline = ''
  editor.token = token
  editor.user = loadPerson('first')
  find(document, HTMLElement, '.page').append(editor)
  // What stood behind `#` may have been a token: it is not to be passed on with the address.
  history.replaceState(null, '', `${pageOf(called)}${address.search}`)

  const showTitle = connectTitle(editor)
  const status = find(document, HTMLElement, '.status')
  const tell = (): void => {
    const { detail, kind, title: words } = editor.standing
    status.dataset['kind'] = kind
    if (status.textContent !== words) status.textContent = words
    status.title = detail
    note()
  }
  const note = (): void => {
    const known = recentDocuments().find((recent) => recent.name === called)
    const isThere = editor.editor !== undefined && !isCode
    const shown = isThere
      ? titleOf(editor.getText(), called)
      : (known?.title ?? titleOf('', called))
    showTitle(shown)
    const unread = editor.counts.chat
    document.title = `${unread === 0 ? '' : `(${unread}) `}${shown} · ytopic`
    noteRecent({ name: called, title: shown, at: Date.now(), isUnsaved: editor.pending > 0 })
  }
  for (const type of ['standing', 'saved']) editor.addEventListener(type, tell)
  for (const type of ['ready', 'change', 'panel']) editor.addEventListener(type, note)
  tell()

  keepPage('/d/').catch(reportError)
  offerEarlier(editor)
  new People(editor).connect()
  connectPerson(editor)
  connectTheme(find(document, HTMLButtonElement, '.theme'))
  connectShare(new URL(pageOf(called), location.href))
  offerToken(editor, useToken)
  const kind = find(document, HTMLAnchorElement, '.kind')
  kind.href = isCode ? pageOf(called) : `${pageOf(called)}?kind=code`
  kind.textContent = isCode ? 'Show its text' : 'Show its code'
  find(document, HTMLAnchorElement, '.lab').href = addressOf(
    called,
    new URL('/lab', location.href),
  ).href
  const past = new HistoryPanel(
    editor,
    asking(location.origin, () => token),
  )
  past.connect(address.searchParams)
  new PanelButtons(editor, () => past.close()).connect()
  const wanted = address.searchParams.get('panel')
  const panel = panelNames.find((one) => one === wanted)
  if (panel !== undefined) editor.ready.then(() => editor.openPanel(panel), reportError)
  connectRegions(editor)
}

/** Lets people say who they are; where the server says it, that is what others see. */
function connectPerson(editor: YtopicEditor): void {
  const field = find(document, HTMLInputElement, '.my-name')
  const color = find(document, HTMLInputElement, '.my-color')
  const person = loadPerson('first')
  field.value = person.name
  color.value = person.color
  const keep = (): void => {
    const before = loadPerson('first')
    editor.user = savePerson('first', {
      name: field.value.trim() || before.name,
      color: color.value,
    })
  }
  for (const input of [field, color]) input.addEventListener('change', keep)
}
