import type { Node, Schema } from '@tiptap/pm/model'
import * as Y from 'yjs'

/** A stretch of a flat text, and where it comes from. */
interface Run<Place> {
  readonly offset: number
  readonly length: number
  readonly place: Place
}

/** A rich text as characters alone: blocks are parted by line breaks, what is no text is one. */
export interface FlatText<Place> {
  readonly text: string
  readonly runs: readonly Run<Place>[]
}

/** A text, or the block around it; undefined for what is no text. */
export type YPlace = Y.XmlText | Y.XmlElement | undefined

/** As the editor has it; the places are its positions. */
export function flatNode(doc: Node): FlatText<number> {
  const flat = new Flattening<number>()
  doc.descendants((node, position) => {
    if (node.isText) flat.add(node.text ?? '', position)
    else if (node.isInline) flat.add('\n', position)
    else if (node.isTextblock) flat.begin(position + 1)
    return !node.isInline
  })
  return flat
}

/** As Yjs has it; the places are its texts. The same document gives the same characters. */
export function flatFragment(fragment: Y.XmlFragment, schema: Schema): FlatText<YPlace> {
  const flat = new Flattening<YPlace>()
  const add = (parent: Y.XmlFragment): void => {
    for (const child of parent.toArray()) {
      if (child instanceof Y.XmlText) flat.add(plain(child), child)
      if (!(child instanceof Y.XmlElement)) continue
      const type = schema.nodes[child.nodeName]
      if (type?.isInline === true) flat.add('\n', undefined)
      else if (type !== undefined) {
        if (type.isTextblock) flat.begin(child)
        add(child)
      }
    }
  }
  add(fragment)
  return flat
}

/** The run that holds an offset; of two that touch there the later one, or the one that ends. */
export function runAt<Place>(
  { runs }: FlatText<Place>,
  offset: number,
  isEnd: boolean,
): Run<Place> | undefined {
  const before = countWhile(runs, (run) =>
    isEnd ? run.offset + run.length < offset : run.offset <= offset,
  )
  return runs[isEnd ? before : before - 1]
}

/** The last run that begins at a position of the editor or before it. */
export function runBefore({ runs }: FlatText<number>, position: number): Run<number> | undefined {
  return runs[countWhile(runs, ({ place }) => place <= position) - 1]
}

/** How many at the beginning are so; behind them none is. */
function countWhile<One>(all: readonly One[], isSo: (one: One) => boolean): number {
  let [from, to] = [0, all.length]
  while (from < to) {
    const middle = (from + to) >> 1
    const one = all[middle]
    if (one !== undefined && isSo(one)) from = middle + 1
    else to = middle
  }
  return from
}

class Flattening<Place> implements FlatText<Place> {
  readonly runs: Run<Place>[] = []
  text = ''
  #blocks = 0

  /** A block begins; one that is empty is a place, too. */
  begin(place: Place): void {
    if (this.#blocks++ > 0) this.text += '\n'
    this.add('', place)
  }

  add(text: string, place: Place): void {
    this.runs.push({ offset: this.text.length, length: text.length, place })
    this.text += text
  }
}

/** A text without its marks. */
export function plain(text: Y.XmlText): string {
  const delta: unknown = text.toDelta()
  return Array.isArray(delta) ? delta.map(insertIn).join('') : ''
}

function insertIn(piece: unknown): string {
  const isInsert = typeof piece === 'object' && piece !== null && 'insert' in piece
  return isInsert && typeof piece.insert === 'string' ? piece.insert : '\n'
}
