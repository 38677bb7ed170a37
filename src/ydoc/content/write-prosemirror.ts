import * as Y from 'yjs'
import { isObject } from '../../base/json.ts'
import { TooDeepError, UnfitError } from './content-wish.ts'
import { setKey } from './difference.ts'
import { keyOfValue } from '../values.ts'
import { piecesOf, type SharedType } from '../fold/pieces.ts'
import type { Mark, Node } from '../markup/node.ts'

/**
 * The blocks of a document, or of a list of nodes.
 * @param depth so many levels are gone into
 * @throws UnfitError, TooDeepError
 */
export function blocksOf(content: unknown, depth: number): readonly Node[] {
  const nodes =
    isObject(content) && content['type'] === 'doc' ? (content['content'] ?? []) : content
  return readNodes(nodes, depth)
}

function readNodes(nodes: unknown, depth: number): readonly Node[] {
  if (depth < 0) throw new TooDeepError()
  if (!Array.isArray(nodes)) throw unfit('Its content is no list of nodes.')
  return nodes.map((node: unknown): Node => {
    if (!isObject(node)) throw unfit('A node is no object.')
    const { attrs, content, marks, text, type } = node
    if (typeof type !== 'string' || type === '') throw unfit('A node has no "type".')
    if (attrs !== undefined && attrs !== null && !isObject(attrs)) {
      throw unfit(`The "attrs" of a "${type}" are no object.`)
    }
    if (type === 'text' && typeof text !== 'string') throw unfit('A text node has no "text".')
    return {
      type,
      attrs: isObject(attrs) ? attrs : undefined,
      content: content === undefined ? undefined : readNodes(content, depth - 1),
      text: typeof text === 'string' ? text : undefined,
      marks: marks === undefined ? undefined : readMarks(marks),
    }
  })
}

function readMarks(marks: unknown): readonly Mark[] {
  if (!Array.isArray(marks)) throw unfit('"marks" is no list.')
  return marks.map((mark: unknown): Mark => {
    if (!isObject(mark) || typeof mark['type'] !== 'string') throw unfit('A mark has no "type".')
    const { attrs, type } = mark
    return { type, attrs: isObject(attrs) ? attrs : undefined }
  })
}

/** By a mark as JSON says it, how a document calls it that has it already. */
export type MarkNames = ReadonlyMap<string, string>

/** Of marks that may overlap with their own kind a document says a hash behind the name. */
export function namesOfMarks(root: SharedType): MarkNames {
  const names = new Map<string, string>()
  const visit = (type: SharedType): void => {
    for (const piece of piecesOf(type)) {
      if (piece.kind === 'type') visit(piece.type)
      for (const [name, value] of Object.entries(piece.marks)) {
        const bare = /^(.+)--[A-Za-z0-9+/=]{8}$/.exec(name)?.[1]
        if (bare !== undefined) names.set(`${bare} ${keyOfValue(value)}`, name)
      }
    }
  }
  visit(root)
  return names
}

/** The nodes as editors write them: text that follows text is one type. */
export function elementsOf(
  nodes: readonly Node[],
  names: MarkNames,
): readonly (Y.XmlElement | Y.XmlText)[] {
  const elements: (Y.XmlElement | Y.XmlText)[] = []
  let texts: Node[] = []
  const end = (): void => {
    if (texts.length > 0) elements.push(textOf(texts, names))
    texts = []
  }
  for (const node of nodes) {
    if (node.type === 'text') texts.push(node)
    else {
      end()
      elements.push(elementOf(node, names))
    }
  }
  end()
  return elements
}

function elementOf({ attrs = {}, content = [], type }: Node, names: MarkNames): Y.XmlElement {
  const element = new Y.XmlElement(type)
  for (const [key, value] of Object.entries(attrs)) {
    if (value !== null && value !== undefined) setKey(element, key, value)
  }
  element.insert(0, [...elementsOf(content, names)])
  return element
}

function textOf(nodes: readonly Node[], names: MarkNames): Y.XmlText {
  const text = new Y.XmlText()
  text.applyDelta(
    nodes.map(({ marks = [], text: insert = '' }) => ({
      insert,
      attributes: Object.fromEntries(
        marks.map(({ attrs = {}, type }) => [
          names.get(`${type} ${keyOfValue(attrs)}`) ?? type,
          attrs,
        ]),
      ),
    })),
  )
  return text
}

function unfit(detail: string): UnfitError {
  return new UnfitError('bad-content', `The content is no ProseMirror JSON. ${detail}`)
}
