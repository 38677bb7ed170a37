import * as Y from 'yjs'
import type { YtopicEditor } from '../../editor/element.ts'
import type { EarlierCopy } from '../../editor/offline.ts'
import { find } from '../elements.ts'

/** Offers what this device has kept of a document that was made anew since. */
export function offerEarlier(editor: YtopicEditor): void {
  const place = find(document, HTMLElement, '.earlier')
  const show = async (): Promise<void> => {
    const copies = await editor.earlierCopies()
    place.replaceChildren(...copies.map((copy) => offerOf(copy, look)))
    place.hidden = copies.length === 0
  }
  const look = (): void => {
    show().catch(() => {
      place.hidden = true
    })
  }
  for (const type of ['ready', 'synced', 'replaced']) editor.addEventListener(type, look)
}

function offerOf(copy: EarlierCopy, changed: () => void): HTMLElement {
  const offer = document.createElement('p')
  const { pending } = copy
  const changes = pending === 1 ? '1 change' : `${pending} changes`
  const unsaved = pending === 0 ? '' : `, with ${changes} that the server never had,`
  offer.append(
    `This document was made anew. Your copy of before${unsaved} is kept on this device.`,
    button('Show it', () => {
      copy.read().then(showText, () => showText(undefined))
    }),
    button('Discard it', () => {
      copy.discard().then(changed, changed)
    }),
  )
  return offer
}

/** Shows the text, to be copied. */
function showText(update: Uint8Array | undefined): void {
  const dialog = document.createElement('dialog')
  dialog.className = 'earlier-text'
  dialog.ariaLabel = 'Your copy of before'
  const heading = document.createElement('h2')
  heading.textContent = 'Your copy of before'
  const text = document.createElement('textarea')
  text.readOnly = true
  text.ariaLabel = 'Its text'
  text.value = update === undefined ? 'This device cannot read it any more.' : textIn(update)
  const close = button('Close', () => dialog.close())
  dialog.append(heading, text, close)
  dialog.addEventListener('close', () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
  text.select()
}

function textIn(update: Uint8Array): string {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  const blocks = doc.getXmlFragment('prose').toArray().map(linesOf)
  return [...blocks, doc.getText('code').toJSON()].filter((block) => block !== '').join('\n')
}

function linesOf(node: Y.XmlElement | Y.XmlText | Y.XmlHook): string {
  if (node instanceof Y.XmlText) {
    const parts: unknown = node.toDelta()
    return Array.isArray(parts) ? parts.map(insertedBy).join('') : ''
  }
  if (!(node instanceof Y.XmlElement)) return ''
  const children = node.toArray()
  const isText = children.some((child) => child instanceof Y.XmlText)
  return children.map(linesOf).join(isText ? '' : '\n')
}

function insertedBy(part: unknown): string {
  const isText = typeof part === 'object' && part !== null && 'insert' in part
  return isText && typeof part.insert === 'string' ? part.insert : ''
}

function button(words: string, does: () => void): HTMLButtonElement {
  const element = document.createElement('button')
  element.type = 'button'
  element.textContent = words
  element.addEventListener('click', does)
  return element
}
