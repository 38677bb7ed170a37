import { tendCarets } from '../editor/rich/carets.ts'
import { fillInSight } from '../editor/in-sight.ts'
import { mountKind } from '../editor/kinds.ts'
import { mayWrite, type Protocol } from '../editor/link/link.ts'
import { parsePerson, type Person } from '../editor/link/person.ts'
import { describeStanding, watchStanding } from '../editor/link/status.ts'
import { showAccess } from './access.ts'
import { appear } from './client.ts'
import type { Client } from './client.ts'
import { find } from './elements.ts'
import { loadPerson, savePerson } from './seat.ts'
import type { Seat } from './seat.ts'
import { offerInspector } from './inspect.ts'
import { showPresence } from './presence.ts'
import { parseProtocol } from './protocol.ts'
import { offerChat } from './talk.ts'

/** One client's view: its status, who is here, and both editors. */
export interface Pane {
  readonly client: Client
  /** Joins the others' list again, as the person of this seat. */
  readonly greet: () => void
  /** Takes the view off the page; the client lives on and is the caller's to close. */
  readonly close: () => void
}

function cloneView(seat: Seat): HTMLElement {
  const template = find(document, HTMLTemplateElement, '#pane')
  const view = find(template.content, HTMLElement, '.pane').cloneNode(true)
  if (!(view instanceof HTMLElement)) {
    throw new TypeError('The template of the pane holds no element.')
  }
  view.dataset['testid'] = `pane-${seat}`
  return view
}

function showStatus(view: HTMLElement, client: Client): () => void {
  const title = find(view, HTMLElement, '.status')
  const detail = find(view, HTMLElement, '.detail')
  const offline = find(view, HTMLButtonElement, '.switch')
  offline.addEventListener('click', () => {
    if (offline.ariaChecked === 'true') client.link.connect()
    else client.link.disconnect()
  })
  return watchStanding(client.link, (standing) => {
    const words = describeStanding(standing)
    view.dataset['status'] = standing.kind
    title.textContent = words.title
    detail.textContent = words.detail
    offline.ariaChecked = String(standing.kind === 'paused')
  })
}

function connectProtocol(view: HTMLElement, client: Client, choose: PaneWishes['choose']): void {
  const select = find(view, HTMLSelectElement, '.protocol select')
  select.value = client.link.protocol
  select.addEventListener('change', () => {
    const protocol = parseProtocol(select.value)
    if (protocol !== undefined) choose(protocol)
  })
}

/** Who the server says the person is, where others see nothing else. */
function certainPerson({ link }: Client): Person | undefined {
  const user = link.granted?.user
  return user && parsePerson(user)
}

/** Who others see at the seat. */
function personAt(seat: Seat, client: Client): Person {
  return certainPerson(client) ?? loadPerson(seat)
}

/** Shows who one is, lets it be changed where the server does not say it, and tells the others. */
function editPerson(view: HTMLElement, seat: Seat, client: Client): () => void {
  const name = find(view, HTMLInputElement, '.name')
  const color = find(view, HTMLInputElement, 'input[type=color]')
  let shown: string | undefined
  const show = (): void => {
    const person = personAt(seat, client)
    if (JSON.stringify(person) === shown) return
    shown = JSON.stringify(person)
    const isCertain = certainPerson(client) !== undefined
    name.value = person.name
    name.readOnly = isCertain
    name.title = isCertain ? 'The server says who you are' : ''
    color.value = person.color
    color.disabled = isCertain
    view.ariaLabel = `The view of ${person.name}`
    appear(client, person)
  }
  const keep = (): void => {
    savePerson(seat, { name: name.value.trim() || loadPerson(seat).name, color: color.value })
    shown = undefined
    show()
  }
  name.addEventListener('change', keep)
  color.addEventListener('change', keep)
  show()
  return client.link.watch(show)
}

/** Puts both editors into the view; gives the function that takes them away. */
function showEditors(view: HTMLElement, client: Client, seat: Seat): () => void {
  const prose = find(view, HTMLElement, '.prose')
  const toolbar = find(view, HTMLElement, '.toolbar')
  const code = find(view, HTMLElement, '.code')
  const { doc, link } = client
  const shared = { doc, toolbar, language: 'javascript', extensions: [] }
  const mountIn = (parent: HTMLElement, label: string, placeholder: string) => ({
    parent,
    link,
    label,
    placeholder,
    // They may call themselves otherwise while the editor is loaded.
    get person() {
      return personAt(seat, client)
    },
    mayWrite: () => mayWrite(link),
  })
  const invitation = 'Write here. Everybody with the link sees it at once.'
  const inProse = mountIn(prose, 'Text, edited together', invitation)
  const inCode = mountIn(code, 'Code, edited together', '// Code here, together.')
  const endRich = fillInSight(
    prose,
    () => mountKind({ ...shared, kind: 'rich', root: 'prose', mount: inProse }),
    (create) => create().destroy,
  )
  const endCode = fillInSight(
    code,
    () => mountKind({ ...shared, kind: 'code', root: 'code', mount: inCode }),
    (create) => create().destroy,
  )
  const endCarets = [tendCarets(prose), tendCarets(code)]
  return () => {
    for (const end of endCarets) end()
    endCode()
    endRich()
  }
}

/** What the people of a view ask for that concerns more than the view. */
export interface PaneWishes {
  /** To go on with the other stock client. */
  readonly choose: (protocol: Protocol) => void
  /** To show the server this token. */
  readonly useToken: (token: string) => void
  /** The one that the server is shown. */
  readonly token: string | undefined
}

/** Builds the view of a client, seen by the others as the person of this seat. */
export function openPane(
  parent: HTMLElement,
  client: Client,
  seat: Seat,
  wishes: PaneWishes,
): Pane {
  const view = cloneView(seat)
  const endPerson = editPerson(view, seat, client)
  const endAccess = showAccess(view, client, wishes.useToken)
  connectProtocol(view, client, wishes.choose)
  // The first seat is on the left, whichever was opened last.
  if (seat === 'first') parent.prepend(view)
  else parent.append(view)

  const endEditors = showEditors(view, client, seat)
  const people = find(view, HTMLElement, '.people')
  const endPresence = showPresence(client, people, find(view, HTMLElement, '.alone'))
  const endStatus = showStatus(view, client)
  const endInspector = offerInspector(view, client, wishes.token)
  const endChat = offerChat(view, client, () => personAt(seat, client))
  return {
    client,
    greet: () => appear(client, personAt(seat, client)),
    close: () => {
      endPerson()
      endAccess()
      endInspector()
      endChat()
      endStatus()
      endPresence()
      endEditors()
      view.remove()
    },
  }
}
