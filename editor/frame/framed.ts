import { defineYtopicEditor } from '../define.ts'
import { openings } from '../members.ts'
import type { CommentTold } from '../panels/panel.ts'
import { Paced } from './paced.ts'
import { keepPage } from '../offline/keep-page.ts'
import { askParent, openPort, tellParent } from './parent.ts'
import {
  answer,
  ask,
  type Content,
  framedAttributes,
  type FromFrame,
  type ToFrame,
  type Wishes,
} from './wire.ts'

/** What an element tells the page; the element around a frame tells it, too. */
const told = [
  'ready',
  'synced',
  'saved',
  'standing',
  'change',
  'presence',
  'refused',
  'panel',
  'follow',
  'comment',
  'mention',
  'replaced',
] as const

// The page below `/embed/`: one document alone, for frames in pages of listed sites.
defineYtopicEditor()
const { pathname, searchParams } = new URL(location.href)
const editor = document.createElement('ytopic-editor')
editor.document = decodeURIComponent(pathname.split('/')[2] ?? '')
document.title = editor.document
if (searchParams.has('port')) openPort().then(serve, reportError)
else stand()

/** Stands in a page that has written the frame itself, and says what that wants to know. */
function stand(): void {
  for (const name of framedAttributes) {
    const value = searchParams.get(name)
    if (value !== null) editor.setAttribute(name, value)
  }
  if (searchParams.get('token') === 'ask') editor.token = () => askParent()
  editor.addEventListener('standing', () => {
    const { kind, pending, title } = editor.standing
    tellParent({ type: 'ytopic-standing', kind, title, pending })
  })
  show((height) => tellParent({ type: 'ytopic-height', height }))
}

/** Does what an element around the frame wants, and tells it all that it would tell its page. */
function serve(port: MessagePort): void {
  const say = (message: FromFrame): void => port.postMessage(message)
  editor.token = async () => {
    const token = await ask(port, { type: 'token' })
    return typeof token === 'string' ? token : undefined
  }
  const tell = (name: string, content?: Content, detail?: CommentTold): void => {
    const { counts, followed, panel, saved, standing } = editor
    const mirror = { counts, followed, panel, saved, standing }
    say({ type: 'event', name, detail, mirror, content })
  }
  const change = new Paced(() => tell('change', contentNow()))
  for (const name of told) {
    editor.addEventListener(name, (event) => {
      if (name === 'change') return change.ask()
      const isComment = name === 'comment' || name === 'mention'
      const content = name === 'ready' ? contentNow() : undefined
      tell(name, content, isComment ? commentOf(event) : undefined)
    })
  }
  port.addEventListener('message', ({ data, ports }: MessageEvent<ToFrame>) => {
    if (data.type === 'flush') change.hurry()
    perform(data, ports[0])
    if (editor.isConnected) return
    document.body.classList.add('within')
    show((height) => say({ type: 'height', height }))
  })
  port.start()
}

function perform(wanted: ToFrame, reply: MessagePort | undefined): void {
  switch (wanted.type) {
    case 'wishes':
      return dress(wanted)
    case 'flush':
      return answer(reply, editor.flush())
    case 'comment':
      return editor.comment(wanted.range)
    case 'panel':
      return editor.openPanel(wanted.name)
    case 'follow':
      return editor.follow(wanted.clientId)
    case 'go-to':
      if (wanted.clientId !== undefined) editor.goTo(wanted.clientId)
      return
    case 'focus':
    case 'connect':
    case 'disconnect':
      return editor[wanted.type]()
  }
}

function dress({ attributes, label, user }: Wishes): void {
  for (const name of framedAttributes) {
    const value = attributes[name]
    if (value === undefined) editor.removeAttribute(name)
    else editor.setAttribute(name, value)
  }
  editor.ariaLabel = label === '' ? null : label
  editor.user = user
}

function commentOf(event: Event): CommentTold | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own element tells
  return event instanceof CustomEvent ? (event.detail as CommentTold) : undefined
}

function contentNow(): Content {
  const isEmpty = openings.get(editor)?.isEmpty !== false
  return { isEmpty, text: editor.getText(), value: editor.value, json: editor.getJSON() }
}

function show(tellHeight: (height: number) => void): void {
  document.body.append(editor)
  if (editor.offline !== undefined) keepPage('/embed/').catch(reportError)
  new ResizeObserver(() => tellHeight(editor.offsetHeight)).observe(editor)
}
