import type { List, ListItem, Nodes, Parents, RootContent, Table } from 'mdast'
import { directiveFromMarkdown, type Directives } from 'mdast-util-directive'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { directive } from 'micromark-extension-directive'
import { gfm } from 'micromark-extension-gfm'
import { TooDeepError, UnfitError } from '../content/content-wish.ts'
import type { Mark, Node } from './node.ts'
import { holding, attributed } from './node.ts'
import { attributesSaid, type Own } from './own.ts'
import type { Names } from './names.ts'

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
  const { hasDirectives } = names.vocabulary
  if (hasDirectives && areTooDeep(markdown, depth)) throw new TooDeepError()
  // It is no text, and places are told without it.
  const text = markdown.replace(/^\ufeff/, '')
  const root = fromMarkdown(text, {
    extensions: [gfm(), ...(hasDirectives ? [directive()] : [])],
    mdastExtensions: [gfmFromMarkdown(), ...(hasDirectives ? [directiveFromMarkdown()] : [])],
  })
  return new MarkdownReader(text, names, opaque).blocks(root, depth)
}

/**
 * Whether too many containers are in one another: the parser goes through what is in one again for
 * each that is around it.
 */
function areTooDeep(markdown: string, depth: number): boolean {
  const open: number[] = []
  const fences = /^[ \t>*+\-\d.)]*(:{3,})(?:([^\s:])|[ \t]*$)/gm
  for (const [, fence = '', name] of markdown.matchAll(fences)) {
    if (name !== undefined) open.push(fence.length)
    else {
      const closed = open.findIndex((length) => length <= fence.length)
      if (closed >= 0) open.splice(closed)
    }
    if (open.length > depth) return true
  }
  return false
}

class MarkdownReader {
  readonly #text: string
  readonly #names: Names
  readonly #opaque: readonly Node[]

  constructor(text: string, names: Names, opaque: readonly Node[]) {
    this.#text = text
    this.#names = names
    this.#opaque = opaque
  }

  blocks({ children }: Parents, depth: number): readonly Node[] {
    if (depth < 0) throw new TooDeepError()
    return children.flatMap((child) => this.#block(child, depth))
  }

  #block(node: RootContent, depth: number): readonly Node[] {
    const names = this.#names
    switch (node.type) {
      case 'paragraph': {
        const content = this.#phrases(node.children, [], depth)
        // A picture alone in its paragraph is a block of its own.
        if (node.children.length === 1 && node.children[0]?.type === 'image') return content
        return [names.paragraph(content)]
      }
      case 'heading': {
        const content = this.#phrases(node.children, [], depth)
        return names.node('heading', { level: node.depth }, content)
      }
      case 'blockquote':
        return names.node('blockquote', {}, this.blocks(node, depth - 1))
      case 'code': {
        const content = node.value === '' ? [] : [{ type: 'text', text: node.value }]
        return names.node('codeBlock', node.lang ? { language: node.lang } : {}, content)
      }
      case 'thematicBreak':
        return names.node('horizontalRule')
      case 'list':
        return this.#list(node, depth)
      case 'table':
        return this.#table(node, depth)
      case 'html': {
        const found = this.#named(node.value)
        if (found !== undefined) return [found]
        if (isComment(node.value)) return []
        return [names.paragraph([{ type: 'text', text: node.value }])]
      }
      case 'containerDirective':
      case 'leafDirective':
        return this.#directive(node, depth)
      case 'definition':
      case 'footnoteDefinition':
        return []
      default:
        return [names.paragraph(this.#phrases([node], [], depth))]
    }
  }

  /** A block of the application's; what else looks like one is text, as it was written. */
  #directive(
    node: Exclude<Directives, { readonly type: 'textDirective' }>,
    depth: number,
  ): readonly Node[] {
    const own = this.#names.vocabulary.directive(node.name)
    if (own !== undefined && !own.isInline) return [this.#own(own, node, depth)]
    const { end, start } = this.#around(node)
    const lines = [start, end].map((line) => line.trim())
    const [first = [], last = []] = lines.map((line) =>
      line === '' ? [] : [this.#names.paragraph([{ type: 'text', text: line }])],
    )
    const inside =
      node.type === 'containerDirective'
        ? this.blocks(node, depth - 1)
        : [this.#names.paragraph(this.#phrases(node.children, [], depth))]
    return node.children.length === 0 ? first : [...first, ...inside, ...last]
  }

  #own(own: Own, node: Directives, depth: number): Node {
    if (depth < 0) throw new TooDeepError()
    const said = node.attributes ?? {}
    const unknown = Object.keys(said).find((name) =>
      own.attributes.every((one) => one.said !== name),
    )
    if (unknown !== undefined) {
      const known = own.attributes.map((one) => `"${one.said}"`).join(', ') || 'none'
      throw new UnfitError(
        'bad-content',
        `"${own.name}" has no attribute "${unknown.slice(0, 80)}"; it has ${known}.`,
      )
    }
    const { content, label } = this.#heldBy(own, node, depth)
    const attrs = attributesSaid(own, label, (name) => said[name])
    return { type: own.type, ...attributed(attrs), ...holding(content) }
  }

  #heldBy(
    own: Own,
    node: Directives,
    depth: number,
  ): { readonly content: readonly Node[]; readonly label: string } {
    switch (own.content) {
      case 'none': {
        const label = this.#inline(node, depth).map(({ text = '' }) => text)
        return { content: [], label: label.join('') }
      }
      case 'inline':
        return { content: this.#inline(node, depth), label: '' }
      case 'blocks': {
        const content =
          node.type === 'containerDirective'
            ? this.blocks(node, depth - 1)
            : [this.#names.paragraph(this.#phrases(node.children, [], depth))]
        return { content: content.length > 0 ? content : [this.#names.paragraph([])], label: '' }
      }
    }
  }

  /** Text that stands in a directive, which a container has as its one paragraph. */
  #inline(node: Directives, depth: number): readonly Node[] {
    if (node.type !== 'containerDirective') return this.#phrases(node.children, [], depth - 1)
    const [only, ...more] = node.children
    if (only === undefined) return []
    if (more.length > 0 || (only.type !== 'paragraph' && only.type !== 'html')) {
      throw new UnfitError('bad-content', `"${node.name}" holds one paragraph of text.`)
    }
    return this.#phrases(only.type === 'html' ? [only] : only.children, [], depth - 1)
  }

  /** How what a node holds is enclosed in the text as it was written. */
  #around(node: Directives): { readonly start: string; readonly end: string } {
    const [from, to] = [node.position?.start.offset ?? 0, node.position?.end.offset ?? 0]
    const inner = node.children.at(0)?.position?.start.offset ?? to
    const after = node.children.at(-1)?.position?.end.offset ?? to
    return { start: this.#text.slice(from, inner), end: this.#text.slice(after, to) }
  }

  #list(node: List, depth: number): readonly Node[] {
    const isTasks = node.children.every(({ checked }) => typeof checked === 'boolean')
    const list = isTasks ? 'taskList' : node.ordered ? 'orderedList' : 'bulletList'
    const start = node.start ?? 1
    const attrs = list === 'orderedList' && start !== 1 ? { start } : {}
    const items = node.children.flatMap((item) => this.#item(item, isTasks, depth))
    return this.#names.node(list, attrs, items)
  }

  #item(item: ListItem, isTask: boolean, depth: number): readonly Node[] {
    const inner = this.blocks(item, depth - 1)
    const held = inner.length === 0 ? [this.#names.paragraph([])] : inner
    if (!isTask) return this.#names.node('listItem', {}, held)
    return this.#names.node('taskItem', { checked: item.checked === true }, held)
  }

  #table({ children: rows }: Table, depth: number): readonly Node[] {
    const content = rows.flatMap(({ children }, row) => {
      const cells = children.flatMap((one) => {
        const inner = [this.#names.paragraph(this.#phrases(one.children, [], depth))]
        return this.#names.node(row === 0 ? 'tableHeader' : 'tableCell', {}, inner)
      })
      return this.#names.node('tableRow', {}, cells)
    })
    return this.#names.node('table', {}, content)
  }

  #phrases(nodes: readonly Nodes[], marks: readonly Mark[], depth: number): readonly Node[] {
    if (depth < 0) throw new TooDeepError()
    return nodes.flatMap((node) => this.#phrase(node, marks, depth))
  }

  #phrase(node: Nodes, marks: readonly Mark[], depth: number): readonly Node[] {
    const names = this.#names
    const within = (parent: Parents, more: readonly Mark[]): readonly Node[] =>
      this.#phrases(parent.children, [...marks, ...more], depth - 1)
    switch (node.type) {
      case 'text':
        return textOf(node.value.replaceAll('\n', ' '), marks)
      case 'inlineCode':
        return textOf(node.value, [...marks, ...names.mark('code')])
      case 'strong':
        return within(node, names.mark('bold'))
      case 'emphasis':
        return within(node, names.mark('italic'))
      case 'delete':
        return within(node, names.mark('strike'))
      case 'link': {
        const title = node.title ? { title: node.title } : {}
        return within(node, names.mark('link', { href: node.url, ...title }))
      }
      case 'break':
        return names.node('hardBreak')
      case 'image': {
        const { alt, title, url: src } = node
        const attrs = { src, ...(alt ? { alt } : {}), ...(title ? { title } : {}) }
        return names.node('image', attrs)
      }
      case 'html': {
        const found = this.#named(node.value)
        if (found !== undefined) return [found]
        return isComment(node.value) ? [] : textOf(node.value, marks)
      }
      case 'textDirective': {
        const own = names.vocabulary.directive(node.name)
        if (own?.isInline === true) {
          if (own.kind === 'node') return [this.#own(own, node, depth)]
          const { attrs, type } = this.#own({ ...own, content: 'none' }, node, depth)
          return within(node, [{ type, ...(attrs === undefined ? {} : { attrs }) }])
        }
        const { end, start } = this.#around(node)
        return [...textOf(start, marks), ...within(node, []), ...textOf(end, marks)]
      }
      case 'footnoteReference':
        return textOf(`[^${node.label ?? node.identifier}]`, marks)
      default:
        return 'children' in node ? within(node, []) : []
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

function textOf(text: string, marks: readonly Mark[]): readonly Node[] {
  return text === '' ? [] : [{ type: 'text', text, ...(marks.length === 0 ? {} : { marks }) }]
}
