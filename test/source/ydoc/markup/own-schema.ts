import { readMarkup, writeMarkup } from '../../../../src/ydoc/markup/markup.ts'
import type { MarkupOptions } from '../../../../src/ydoc/markup/markup-options.ts'
import type { Attributes, Mark, Node } from '../../../../src/ydoc/markup/node.ts'

/** Nodes and marks of an application, of every kind. */
export const ownSchema: MarkupOptions = {
  nodes: {
    callout: { content: 'blocks', attributes: { kind: 'string', isOpen: 'boolean' } },
    columns: { content: 'blocks', tag: 'section' },
    caption_line: { content: 'inline', attributes: { data: 'json' } },
    embed: { content: 'none', tag: 'x-embed', attributes: { src: 'url', width: 'number' } },
    figureNote: { content: 'none', label: 'text', attributes: { text: 'string' } },
    mention: {
      content: 'none',
      inline: true,
      label: 'label',
      attributes: { id: 'string', label: 'string' },
    },
    chip: { content: 'inline', inline: true, attributes: { color: 'string' } },
    points: { means: 'bulletList' },
    point: { means: 'listItem' },
    steps: { means: 'orderedList', rename: { start: 'from' } },
  },
  marks: {
    highlight: { name: 'mark', tag: 'mark', attributes: { color: 'string' } },
    remark: { attributes: { data: 'json' } },
    strong: { means: 'bold' },
  },
}
export const settings = { depth: 100, markup: ownSchema }
export const taking = { ...settings, replaces: false }
export const replacing = { ...settings, replaces: true }

/** Blocks written in a format, and read again where nothing is yet. */
export const there = (format: 'markdown' | 'html', blocks: readonly Node[]): readonly Node[] =>
  readMarkup(format, writeMarkup(format, blocks, settings), [], taking)

export const text = (value: string, ...marks: readonly Mark[]): Node =>
  marks.length === 0 ? { type: 'text', text: value } : { type: 'text', text: value, marks }
export const paragraph = (...content: readonly Node[]): Node => ({ type: 'paragraph', content })

/** A node that tells only of what there is. */
export function node(type: string, attrs: object, content: readonly Node[] = []): Node {
  const said = Object.keys(attrs).length === 0 ? {} : { attrs: { ...attrs } as Attributes }
  return { type, ...said, ...(content.length === 0 ? {} : { content }) }
}
