import * as Y from 'yjs'
import type { Random } from '../random.ts'

const itemsMax = 80

/** Makes one random edit as an editor of lists: each item has its paragraph from the first. */
export function editList(document: Y.Doc, random: Random): void {
  const list = listOf(document)
  const at = random.between(0, list.length)
  document.transact(() => {
    if (list.length > itemsMax) return list.delete(0, Math.floor(list.length / 2))
    if (list.length === 0 || random.chance(0.5)) return list.insert(at, [someItem(random)])
    if (random.chance(0.1)) {
      const pasted = Array.from({ length: random.between(10, 40) }, () => someItem(random))
      return list.insert(at, pasted)
    }
    const item = Math.min(at, list.length - 1)
    if (random.chance(0.2)) list.delete(item, 1)
    else typeInto(list.get(item), random)
  })
}

/**
 * Binds an editor to the list, before it is synced, as y-prosemirror is bound: after each
 * transaction it deletes the items that do not fit its schema, for everybody.
 * @param deleted told how many, when there were some
 */
export function bindEditor(document: Y.Doc, deleted: (count: number) => void): void {
  const list = listOf(document)
  list.observeDeep(() => {
    const broken = list.toArray().flatMap((item, at) => (isWhole(item) ? [] : [at]))
    if (broken.length === 0) return
    document.transact(() => {
      for (const at of broken.toReversed()) list.delete(at, 1)
    })
    deleted(broken.length)
  })
}

function listOf(document: Y.Doc): Y.XmlFragment {
  return document.getXmlFragment('items')
}

function isWhole(item: unknown): boolean {
  return item instanceof Y.XmlElement && item.length > 0
}

function someItem(random: Random): Y.XmlElement {
  const item = new Y.XmlElement('item')
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText('word '.repeat(random.between(1, 6)))])
  item.insert(0, [paragraph])
  return item
}

function typeInto(item: unknown, random: Random): void {
  const paragraph = item instanceof Y.XmlElement ? item.get(0) : undefined
  const text = paragraph instanceof Y.XmlElement ? paragraph.get(0) : undefined
  if (text instanceof Y.XmlText) text.insert(random.between(0, text.length), 'and ')
}
