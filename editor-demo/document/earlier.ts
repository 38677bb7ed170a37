import * as Y from 'yjs'
import type { YtopicEditor } from '../../editor/element.ts'
import type { EarlierCopy } from '../../editor/offline.ts'
import { piece, press } from '../../editor/panels/piece.ts'
import { plain } from '../../editor/rich/flat-text.ts'
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
  const { pending } = copy
  const changes = pending === 1 ? '1 change' : `${pending} changes`
  const unsaved = pending === 0 ? '' : `, with ${changes} that the server never had,`
  return piece(
    'p',
    '',
    `This document was made anew. Your copy of before${unsaved} is kept on this device.`,
    press('Show it', () => {
      copy.read().then(showText, () => showText(undefined))
    }),
    press('Discard it', () => {
      copy.discard().then(changed, changed)
    }),
  )
}

/** Shows the text, to be copied. */
function showText(update: Uint8Array | undefined): void {
  const title = 'Your copy of before'
  const text = piece('textarea', '')
  text.readOnly = true
  text.ariaLabel = 'Its text'
  text.value = update === undefined ? 'This device cannot read it any more.' : textIn(update)
  const close = press('Close', () => dialog.close())
  const dialog = piece('dialog', 'earlier-text', piece('h2', '', title), text, close)
  dialog.ariaLabel = title
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
  if (node instanceof Y.XmlText) return plain(node)
  if (!(node instanceof Y.XmlElement)) return ''
  const children = node.toArray()
  const isText = children.some((child) => child instanceof Y.XmlText)
  return children.map(linesOf).join(isText ? '' : '\n')
}
