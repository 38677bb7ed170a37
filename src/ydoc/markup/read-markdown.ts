import type { List, Nodes, Parents, RootContent, Table } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { TooDeepError, UnfitError } from '../content/content-wish.ts'
import type { Mark, Names, Node } from './node.ts'

/**
 * Reads Markdown (CommonMark and GitHub's tables, tasks, strikes and links) as nodes.
 * @param opaque what its comments `<!--ytopic N …-->` stand for
 * @param depth so many levels are gone into
 * @throws UnfitError of a comment that names nothing, TooDeepError
 */
export function readMarkdown(
  markdown: string,
  names: Names,
  opaque: readonly Node[],
  depth: number,
): readonly Node[] {
  // A line is at most so deep in lists and quotes; deeper ones would cost the parser very long.
  const marks = new RegExp(`^[ \\t>*+\\-\\d.)]{${4 * depth},}`, 'm')
  if (marks.test(markdown)) throw new TooDeepError()
  const root = fromMarkdown(markdown, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  })
  return new MarkdownReader(names, opaque).blocks(root, depth)
}

class MarkdownReader {
  readonly #names: Names
  readonly #opaque: readonly Node[]

  constructor(names: Names, opaque: readonly Node[]) {
    this.#names = names
    this.#opaque = opaque
  }

  blocks({ children }: Parents, depth: number): readonly Node[] {
    if (depth < 0) throw new TooDeepError()
    return children.flatMap((child) => this.#block(child, depth))
  }

  #block(node: RootContent, depth: number): readonly Node[] {
    const type = this.#names.node
    const inside = (parent: Parents): readonly Node[] => this.blocks(parent, depth - 1)
    switch (node.type) {
      case 'paragraph': {
        const content = this.#phrases(node.children, [])
        // A picture alone in its paragraph is a block of its own.
        if (node.children.length === 1 && node.children[0]?.type === 'image') return content
        return [{ type: type('paragraph'), content }]
      }
      case 'heading': {
        const content = this.#phrases(node.children, [])
        return [{ type: type('heading'), attrs: { level: node.depth }, content }]
      }
      case 'blockquote':
        return [{ type: type('blockquote'), content: inside(node) }]
      case 'code': {
        const content = node.value === '' ? [] : [{ type: type('text'), text: node.value }]
        const attrs = node.lang ? { language: node.lang } : undefined
        return [{ type: type('codeblock'), attrs, content }]
      }
      case 'thematicBreak':
        return [{ type: type('horizontalrule') }]
      case 'list':
        return [this.#list(node, depth)]
      case 'table':
        return [this.#table(node)]
      case 'html': {
        const found = this.#named(node.value)
        if (found !== undefined) return [found]
        if (isComment(node.value)) return []
        return [{ type: type('paragraph'), content: [{ type: type('text'), text: node.value }] }]
      }
      case 'definition':
      case 'footnoteDefinition':
        return []
      default:
        return [{ type: type('paragraph'), content: this.#phrases([node], []) }]
    }
  }

  #list(node: List, depth: number): Node {
    const type = this.#names.node
    const isTasks = node.children.every(({ checked }) => typeof checked === 'boolean')
    const list = isTasks ? 'tasklist' : node.ordered ? 'orderedlist' : 'bulletlist'
    const start = node.start ?? 1
    const attrs = list === 'orderedlist' && start !== 1 ? { start } : undefined
    const content = node.children.map((item): Node => {
      const inner = this.blocks(item, depth - 1)
      const held = inner.length === 0 ? [{ type: type('paragraph'), content: [] }] : inner
      if (!isTasks) return { type: type('listitem'), content: held }
      return { type: type('taskitem'), attrs: { checked: item.checked === true }, content: held }
    })
    return { type: type(list), attrs, content }
  }

  #table({ children: rows }: Table): Node {
    const type = this.#names.node
    const content = rows.map(({ children }, row): Node => {
      const cell = type(row === 0 ? 'tableheader' : 'tablecell')
      const cells = children.map((one): Node => {
        const inner = [{ type: type('paragraph'), content: this.#phrases(one.children, []) }]
        return { type: cell, content: inner }
      })
      return { type: type('tablerow'), content: cells }
    })
    return { type: type('table'), content }
  }

  #phrases(nodes: readonly Nodes[], marks: readonly Mark[]): readonly Node[] {
    return nodes.flatMap((node) => this.#phrase(node, marks))
  }

  #phrase(node: Nodes, marks: readonly Mark[]): readonly Node[] {
    const { mark, node: type } = this.#names
    const within = (parent: Parents, more: Mark): readonly Node[] =>
      this.#phrases(parent.children, [...marks, more])
    const text = (value: string, more: readonly Mark[] = []): readonly Node[] => {
      const all = [...marks, ...more]
      const said = all.length === 0 ? {} : { marks: all }
      return value === '' ? [] : [{ type: type('text'), text: value, ...said }]
    }
    switch (node.type) {
      case 'text':
        return text(node.value.replaceAll('\n', ' '))
      case 'inlineCode':
        return text(node.value, [{ type: mark('code') }])
      case 'strong':
        return within(node, { type: mark('bold') })
      case 'emphasis':
        return within(node, { type: mark('italic') })
      case 'delete':
        return within(node, { type: mark('strike') })
      case 'link': {
        const title = node.title ? { title: node.title } : {}
        return within(node, { type: mark('link'), attrs: { href: node.url, ...title } })
      }
      case 'break':
        return [{ type: type('hardbreak') }]
      case 'image': {
        const { alt, title, url: src } = node
        const attrs = { src, ...(alt ? { alt } : {}), ...(title ? { title } : {}) }
        return [{ type: type('image'), attrs }]
      }
      case 'html': {
        const found = this.#named(node.value)
        if (found !== undefined) return [found]
        return isComment(node.value) ? [] : text(node.value)
      }
      case 'footnoteReference':
        return text(`[^${node.label ?? node.identifier}]`)
      default:
        return 'children' in node ? this.#phrases(node.children, marks) : []
    }
  }

  #named(html: string): Node | undefined {
    const number = /^<!--ytopic (\d+)[^>]*-->$/.exec(html.trim())?.[1]
    if (number === undefined) return undefined
    const found = this.#opaque[Number(number) - 1]
    if (found !== undefined) return found
    throw new UnfitError('bad-content', `The document has no node for ${html.trim().slice(0, 80)}.`)
  }
}

function isComment(html: string): boolean {
  return html.trim().startsWith('<!--')
}
