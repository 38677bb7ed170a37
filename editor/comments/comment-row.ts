import { type Author, faceOf, nameOf } from '../panels/face.ts'
import { icons } from '../panels/icons.ts'
import { linked } from '../panels/linked.ts'
import { openingIcon, piece, press } from '../panels/piece.ts'
import type { Times } from '../panels/time.ts'
import { CommentComposer } from './comment-composer.ts'
import type { Comments } from './comments.ts'
import type { Comment, Thread } from './thread.ts'

/** What is offered to react with. */
const emojis = ['👍', '❤️', '😄', '🎉', '👀', '✅'] as const

/** What rows and cards work with. */
export interface CardParts {
  readonly comments: Comments
  readonly times: Times
  readonly people: () => readonly Author[]
  /** Tells of what was refused. */
  readonly attempt: (done: Promise<void>) => void
}

/** A comment as it stands in a card. */
export function commentRow(thread: Thread, comment: Comment, parts: CardParts): HTMLElement {
  const { times } = parts
  const time = piece('time', 'at', `${times.day(comment.at)}, ${times.clock(comment.at)}`)
  time.dateTime = comment.at
  time.title = times.whole(comment.at)
  const edited = comment.isEdited ? [piece('span', 'at', 'edited')] : []
  const who = piece('div', 'who', piece('strong', 'by', nameOf(comment.by)), time, ...edited)
  const head = piece('div', 'comment-head', faceOf(comment.by), who)
  const said = piece('p', 'said', ...wordsOf(comment, parts.people()))
  const row = piece('div', 'comment', head, said)
  if (comment.isDeleted) said.classList.add('grave')
  else row.append(...reactionsFor(thread, comment, head, parts))
  const menu = menuFor(thread, comment, row, parts)
  if (menu !== undefined) {
    head.append(menu.more)
    row.append(menu.actions)
  }
  // The place stays while the comment gives way to the field in which it is changed.
  return piece('div', 'comment-place', row)
}

function wordsOf(comment: Comment, people: readonly Author[]): readonly (Node | string)[] {
  if (comment.isDeleted) return ['This comment was deleted.']
  const mentioned = people.filter(({ id }) => id !== null && comment.mentions.includes(id))
  const names = mentioned.map((person) => `@${nameOf(person)}`)
  const [first] = names
  if (first === undefined) return linked(comment.text)
  const pattern = new RegExp(`(${names.map((name) => escaped(name)).join('|')})`)
  return comment.text
    .split(pattern)
    .flatMap((part) => (names.includes(part) ? [piece('b', 'mention', part)] : linked(part)))
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Those that there are, and others to choose from behind a button in the head. */
function reactionsFor(
  thread: Thread,
  comment: Comment,
  head: HTMLElement,
  parts: CardParts,
): readonly HTMLElement[] {
  const { attempt, comments } = parts
  const { mayComment, me } = comments
  const mine = comment.reactions.filter(({ by }) => by.some(({ id }) => id === me.id))
  const react = (emoji: string): void => {
    const isOn = mine.some((one) => one.emoji === emoji)
    attempt(comments.react(thread, comment, emoji, !isOn))
  }
  const chips = comment.reactions.map(({ by, emoji }) => {
    const names = by.map((person) => nameOf(person)).join(', ')
    const chip = press(`${emoji} ${by.length}`, () => react(emoji), 'chip-button')
    chip.ariaPressed = String(mine.some((one) => one.emoji === emoji))
    chip.ariaLabel = `${emoji} ${by.length}, ${names}`
    chip.title = names
    chip.disabled = !mayComment
    return chip
  })
  const row = piece('div', 'reactions', ...chips)
  row.hidden = chips.length === 0
  if (!mayComment) return [row]
  const palette = piece('div', 'palette')
  for (const emoji of emojis) {
    const button = press(emoji, () => react(emoji), 'emoji')
    button.ariaLabel = `React with ${emoji}`
    palette.append(button)
  }
  head.append(openingIcon('React', icons.smile, palette))
  return [palette, row]
}

function menuFor(
  thread: Thread,
  comment: Comment,
  row: HTMLElement,
  parts: CardParts,
): { readonly more: HTMLElement; readonly actions: HTMLElement } | undefined {
  const { attempt, comments, people } = parts
  if (!comments.mayRemove(comment)) return undefined
  const actions = piece('div', 'actions')
  const edit = (): void => {
    const composer = new CommentComposer({
      label: 'Change the comment',
      action: 'Save',
      text: comment.text,
      people,
      send: async ({ text }) => {
        await comments.edit(thread, comment, text)
        composer.place.replaceWith(row)
      },
      cancel: () => {
        composer.place.replaceWith(row)
        more.focus()
      },
    })
    row.replaceWith(composer.place)
    composer.focus()
  }
  if (comments.mayChange(comment)) actions.append(press('Edit', edit))
  actions.append(press('Delete', () => attempt(comments.remove(thread, comment)), 'grim'))
  const more = openingIcon('Change this comment', icons.more, actions)
  return { more, actions }
}
