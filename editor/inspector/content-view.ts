import * as Y from 'yjs'
import { piece, press } from '../panels/piece.ts'
import { type Share, sizesOf } from './sizes.ts'
import { type Cells, table } from './table.ts'

const clientsMax = 20

/** What the document takes: by root, by client, and in all. */
export function showContent(doc: Y.Doc): HTMLElement {
  const sizes = sizesOf(doc)
  const rest = sizes.byClient.length - clientsMax
  const said = piece('p', 'hint')
  const copy = (words: string, text: () => string): HTMLButtonElement =>
    press(words, () => {
      navigator.clipboard.writeText(text()).then(
        () => (said.textContent = 'Copied.'),
        () => (said.textContent = 'The browser does not let this page write to the clipboard.'),
      )
    })
  const totals: readonly Cells[] = [
    ['bytes, as it is stored', sizes.bytes],
    ['structs', sizes.structs],
    ['clients that have written', sizes.clients],
    ['ranges of deletes', sizes.deleteRanges],
    ['waits for what has not come', sizes.isWaiting ? 'yes' : 'no'],
  ]
  return piece(
    'div',
    '',
    piece(
      'p',
      'actions',
      copy('Copy as update', () => toBase64(Y.encodeStateAsUpdate(doc))),
      copy('Copy as JSON', () => JSON.stringify(jsonOf(doc), undefined, 2)),
      said,
    ),
    piece('h3', '', 'In all'),
    table(['', ''], totals),
    piece('h3', '', 'By root'),
    table(['root', 'kind', 'structs', 'deleted', 'bytes', ''], sizes.roots.map(rowIn(sizes.bytes))),
    piece('h3', '', 'By client'),
    table(
      ['client', '', 'structs', 'deleted', 'bytes', ''],
      sizes.byClient.slice(0, clientsMax).map(rowIn(sizes.bytes)),
    ),
    piece('p', 'hint', rest > 0 ? `and ${rest.toLocaleString('en')} more` : ''),
  )
}

function rowIn(all: number): (share: Share) => Cells {
  return ({ bytes, deleted, items, kind, name }) => {
    const bar = piece('meter', '')
    bar.max = Math.max(1, all)
    bar.value = bytes
    bar.ariaLabel = `of the ${all.toLocaleString('en')} bytes`
    return [piece('code', '', name), kind, items, deleted, bytes, bar]
  }
}

function jsonOf(doc: Y.Doc): Record<string, unknown> {
  return Object.fromEntries([...doc.share].map(([name, type]) => [name, type.toJSON()]))
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
