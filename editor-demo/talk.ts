import type { ChatRoom } from 'ytopic/chat'
import type { Person } from '../editor/link/person.ts'
import { nameOf } from '../editor/panels/face.ts'
import { piece } from '../editor/panels/piece.ts'
import type { Client } from './client.ts'
import { find } from './elements.ts'
import { openedBy } from './opened-by.ts'

/**
 * Has a button of the view open and close the room of its document below it, which is loaded for
 * that and joined over the view's own client. Gives the function that ends it.
 */
export function offerChat(view: HTMLElement, client: Client, person: () => Person): () => void {
  const place = find(view, HTMLElement, '.room')
  return openedBy(find(view, HTMLButtonElement, '.talk'), async () => {
    const { ChatRoom: Room, overHocuspocus, overWebsocket } = await import('ytopic/chat')
    return () => {
      const { link } = client
      const wire =
        link.protocol === 'hocuspocus'
          ? overHocuspocus(link.provider)
          : overWebsocket(link.provider)
      const room = new Room(wire, { user: person() })
      showRoom(place, room)
      return () => {
        room.leave()
        place.replaceChildren()
      }
    }
  })
}

/** Shows what is said in a room, and lets one say something. */
function showRoom(place: HTMLElement, room: ChatRoom): void {
  const said = piece('div', 'said')
  said.role = 'log'
  said.ariaLabel = 'Messages'
  said.tabIndex = 0
  const here = piece('p', 'here')
  const problem = piece('p', 'refusal')
  problem.role = 'alert'
  const field = piece('input', '')
  field.ariaLabel = 'Message'
  field.placeholder = 'Write a message'
  field.autocomplete = 'off'
  const form = piece('form', '', field, piece('button', 'primary', 'Send'))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const text = field.value.trim()
    if (text === '') return
    field.value = ''
    // What was refused goes back to where it can be changed.
    room.post(text).catch(() => {
      field.value ||= text
    })
  })
  field.addEventListener('input', () => room.type())
  const show = (): void => {
    const { count, joined, lastError = '', messages, pending, typing } = room
    here.textContent = joined
      ? hereWords(
          count,
          typing.map(({ user }) => nameOf(user)),
        )
      : ''
    problem.textContent = lastError
    const lines = messages.map(({ by, text }) => lineOf(nameOf(by), text || 'deleted'))
    said.replaceChildren(...lines, ...pending.map(({ text }) => lineOf('You, sending', text)))
    said.scrollTop = said.scrollHeight
  }
  place.replaceChildren(here, said, problem, form)
  show()
  room.watch(show)
  field.focus()
}

function hereWords(count: number, typing: readonly string[]): string {
  const others = count === 2 ? '1 other is here' : `${count - 1} others are here`
  const words = count < 2 ? 'Nobody else is here' : others
  return typing.length === 0 ? words : `${words}; ${typing.join(', ')} writing…`
}

function lineOf(name: string, text: string): HTMLElement {
  return piece('p', '', piece('strong', '', name), ` ${text}`)
}
