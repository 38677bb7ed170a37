import { appear } from './client.ts'
import type { Client } from './client.ts'
import { createCodeEditor } from './code-editor.ts'
import { find } from './elements.ts'
import type { Protocol } from './link.ts'
import { loadPerson, savePerson } from './person.ts'
import type { Person, Seat } from './person.ts'
import { showPresence } from './presence.ts'
import { createRichEditor } from './rich-editor.ts'
import { parseProtocol } from './protocol.ts'
import { describeStanding, watchStanding } from './status.ts'
import { connectToolbar } from './toolbar.ts'

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
  if (!(view instanceof HTMLElement)) throw new TypeError('The pane template holds no element')
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
  return watchStanding(client, (standing) => {
    const words = describeStanding(standing)
    view.dataset['status'] = standing.kind
    title.textContent = words.title
    detail.textContent = words.detail
    offline.ariaChecked = String(standing.kind === 'paused' || standing.kind === 'refused')
  })
}

function connectProtocol(view: HTMLElement, client: Client, choose: Choose): void {
  const select = find(view, HTMLSelectElement, '.protocol select')
  select.value = client.link.protocol
  select.addEventListener('change', () => {
    const protocol = parseProtocol(select.value)
    if (protocol !== undefined) choose(protocol)
  })
}

function editPerson(view: HTMLElement, seat: Seat, change: (person: Person) => void): void {
  const name = find(view, HTMLInputElement, '.name')
  const color = find(view, HTMLInputElement, 'input[type=color]')
  let person = loadPerson(seat)
  const show = (): void => {
    name.value = person.name
    color.value = person.color
    view.ariaLabel = `The view of ${person.name}`
  }
  const keep = (): void => {
    person = savePerson(seat, { name: name.value.trim() || person.name, color: color.value })
    show()
    change(person)
  }
  name.addEventListener('change', keep)
  color.addEventListener('change', keep)
  show()
}

/** Somebody wants to go on with the other stock client. */
export type Choose = (protocol: Protocol) => void

/** Builds the view of a client, seen by the others as the person of this seat. */
export function openPane(parent: HTMLElement, client: Client, seat: Seat, choose: Choose): Pane {
  const view = cloneView(seat)
  const greet = (): void => appear(client, loadPerson(seat))
  greet()
  editPerson(view, seat, (person) => appear(client, person))
  connectProtocol(view, client, choose)
  // The first seat is on the left, whichever was opened last.
  if (seat === 'first') parent.prepend(view)
  else parent.append(view)

  const rich = createRichEditor(find(view, HTMLElement, '.prose'), client, loadPerson(seat))
  connectToolbar(find(view, HTMLElement, '.toolbar'), rich)
  const code = createCodeEditor(find(view, HTMLElement, '.code'), client)
  const people = find(view, HTMLElement, '.people')
  const endPresence = showPresence(client, people, find(view, HTMLElement, '.alone'))
  const endStatus = showStatus(view, client)
  return {
    client,
    greet,
    close: () => {
      endStatus()
      endPresence()
      code.destroy()
      rich.destroy()
      view.remove()
    },
  }
}
