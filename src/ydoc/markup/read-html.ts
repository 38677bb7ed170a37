import { type DefaultTreeAdapterTypes as Tree, parseFragment } from 'parse5'
import { TooDeepError } from '../content/content-wish.ts'
import { attributesOf, isHarmless, languageIn, plain, rowsIn, spansOf } from './html-tree.ts'
import type { Attributes, Mark, MarkMeaning, Meaning, Names, Node } from './node.ts'

/** Tags whose content is no text. */
const silent = new Set([
  'applet',
  'base',
  'button',
  'canvas',
  'embed',
  'head',
  'iframe',
  'link',
  'math',
  'meta',
  'noscript',
  'object',
  'script',
  'select',
  'style',
  'svg',
  'template',
  'textarea',
  'title',
])

const blockTags: Readonly<Record<string, Meaning>> = {
  p: 'paragraph',
  blockquote: 'blockquote',
  table: 'table',
  tr: 'tablerow',
  td: 'tablecell',
  th: 'tableheader',
  hr: 'horizontalrule',
  pre: 'codeblock',
}

const markTags: Readonly<Record<string, MarkMeaning>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  s: 'strike',
  del: 'strike',
  strike: 'strike',
  code: 'code',
}

/** What is around a text. */
interface Around {
  readonly marks: readonly Mark[]
  /** So many levels more are gone into. */
  readonly depth: number
  readonly keepsSpaces: boolean
}

/**
 * Reads HTML as nodes: what `writeHtml` wrote comes back as it was.
 * @param depth so many levels are gone into
 * @throws TooDeepError
 */
export function readHtml(html: string, names: Names, depth: number): readonly Node[] {
  const reader = new HtmlReader(names)
  const fragment = parseFragment(html)
  return reader.blocks(fragment.childNodes, { marks: [], depth, keepsSpaces: false })
}

class HtmlReader {
  readonly #names: Names

  constructor(names: Names) {
    this.#names = names
  }

  /** Blocks; text between them is a paragraph. */
  blocks(nodes: readonly Tree.ChildNode[], around: Around): readonly Node[] {
    const blocks: Node[] = []
    let phrases: Found[] = []
    const end = (): void => {
      const content = trimmed(phrases)
      if (content.length > 0) blocks.push({ type: this.#names.node('paragraph'), content })
      phrases = []
    }
    for (const found of this.#nodes(nodes, around)) {
      if (found.isBlock) {
        end()
        blocks.push(found.node)
      } else phrases.push(found)
    }
    end()
    return blocks
  }

  #phrases(nodes: readonly Tree.ChildNode[], around: Around): readonly Node[] {
    return trimmed(this.#nodes(nodes, around))
  }

  #nodes(nodes: readonly Tree.ChildNode[], around: Around): readonly Found[] {
    if (around.depth < 0) throw new TooDeepError()
    return nodes.flatMap((node) => {
      if (node.nodeName === '#text' && 'value' in node) return this.#text(node.value, around)
      return 'tagName' in node ? this.#element(node, { ...around, depth: around.depth - 1 }) : []
    })
  }

  #text(value: string, { keepsSpaces, marks }: Around): readonly Found[] {
    const text = keepsSpaces ? value : value.replaceAll(/[ \t\n\r\f]+/g, ' ')
    if (text === '') return []
    const said = marks.length === 0 ? {} : { marks }
    return [{ isBlock: false, keepsSpaces, node: { type: 'text', text, ...said } }]
  }

  #element(element: Tree.Element, around: Around): readonly Found[] {
    const { childNodes, tagName: tag } = element
    if (silent.has(tag)) return []
    const given = new Map(element.attrs.map(({ name, value }) => [name, value]))
    const node = given.get('data-node')
    if (node !== undefined) return this.#own(node, tag === 'div', element, around)
    const mark = this.#markOf(tag, given)
    if (mark !== undefined) {
      return this.#nodes(childNodes, { ...around, marks: [...around.marks, mark] })
    }
    if (tag === 'br') return [{ isBlock: false, node: { type: this.#names.node('hardbreak') } }]
    if (tag === 'img') return [this.#image(given)]
    const block = this.#block(tag, element, given, around)
    if (block !== undefined) return [{ isBlock: true, node: block }]
    const keepsSpaces = around.keepsSpaces || /white-space:\s*pre/.test(given.get('style') ?? '')
    const inside = this.#nodes(childNodes, { ...around, keepsSpaces })
    // A part of a page without a meaning of its own ends the paragraph before and after it.
    if (/^(?:div|section|article|main|header|footer|aside|nav|figure|dl|dd|dt)$/.test(tag)) {
      return this.blocks(childNodes, around).map((one) => ({ isBlock: true, node: one }))
    }
    return inside
  }

  #markOf(tag: string, given: ReadonlyMap<string, string>): Mark | undefined {
    const type = given.get('data-mark')
    const attrs = attributesOf(given)
    if (type !== undefined) return marked(type, attrs)
    if (tag === 'a') {
      const href = given.get('href')
      const said = href === undefined || !isHarmless(href) ? attrs : { href, ...attrs }
      return 'href' in said ? { type: this.#names.mark('link'), attrs: said } : undefined
    }
    const meaning = markTags[tag]
    return meaning === undefined ? undefined : marked(this.#names.mark(meaning), attrs)
  }

  #image(given: ReadonlyMap<string, string>): Found {
    const said: Record<string, unknown> = {}
    for (const key of ['src', 'alt', 'title']) {
      const value = given.get(key)
      if (value !== undefined && (key !== 'src' || isHarmless(value))) said[key] = value
    }
    const attrs = { ...said, ...attributesOf(given) }
    return { isBlock: true, node: { type: this.#names.node('image'), attrs } }
  }

  #own(type: string, isDiv: boolean, { attrs, childNodes }: Tree.Element, around: Around): Found[] {
    const said = attributesOf(new Map(attrs.map(({ name, value }) => [name, value])))
    const within = { ...around, marks: [] }
    const isBlocks = this.#nodes(childNodes, within).some((found) => found.isBlock)
    const content = isBlocks ? this.blocks(childNodes, within) : this.#phrases(childNodes, within)
    const told = content.length === 0 ? {} : { content }
    return [{ isBlock: isDiv, node: { type, ...attributed(said), ...told } }]
  }

  #block(
    tag: string,
    element: Tree.Element,
    given: ReadonlyMap<string, string>,
    around: Around,
  ): Node | undefined {
    const type = this.#names.node
    const attrs = attributesOf(given)
    const { childNodes } = element
    const inner = { ...around, marks: [] }
    const level = /^h([1-6])$/.exec(tag)?.[1]
    if (level !== undefined) {
      const said = { level: Number(level), ...attrs }
      return { type: type('heading'), attrs: said, content: this.#phrases(childNodes, inner) }
    }
    if (tag === 'ul' || tag === 'ol') return this.#list(tag, element, given, inner)
    const meaning = blockTags[tag]
    switch (meaning) {
      case undefined:
        return undefined
      case 'paragraph':
        return {
          type: type(meaning),
          ...attributed(attrs),
          content: this.#phrases(childNodes, inner),
        }
      case 'horizontalrule':
        return { type: type(meaning), ...attributed(attrs) }
      case 'codeblock': {
        const text = plain(childNodes)
        const language = languageIn(childNodes)
        const said = language === undefined ? attrs : { language, ...attrs }
        const content = text === '' ? [] : [{ type: 'text', text }]
        return { type: type(meaning), ...attributed(said), content }
      }
      case 'table': {
        const content = rowsIn(childNodes).flatMap((row) => this.#blockOf(row, inner))
        return { type: type(meaning), ...attributed(attrs), content }
      }
      case 'tablerow': {
        const cells = childNodes.filter((one) => /^t[dh]$/.test(one.nodeName))
        const content = cells.flatMap((cell) => this.#blockOf(cell, inner))
        return { type: type(meaning), ...attributed(attrs), content }
      }
      case 'tablecell':
      case 'tableheader': {
        const content = this.#held(childNodes, inner)
        return { type: type(meaning), ...attributed({ ...spansOf(given), ...attrs }), content }
      }
      default:
        return { type: type(meaning), ...attributed(attrs), content: this.#held(childNodes, inner) }
    }
  }

  #blockOf(node: Tree.ChildNode, around: Around): readonly Node[] {
    return 'tagName' in node ? this.#element(node, around).map((found) => found.node) : []
  }

  #list(
    tag: 'ul' | 'ol',
    { childNodes }: Tree.Element,
    given: ReadonlyMap<string, string>,
    around: Around,
  ): Node {
    const isTasks = given.get('data-type') === 'taskList'
    const content = childNodes.flatMap((item): readonly Node[] => {
      if (!('tagName' in item)) return []
      const said = new Map(item.attrs.map(({ name, value }) => [name, value]))
      const checked = isTasks ? { checked: said.get('data-checked') === 'true' } : {}
      const attrs = { ...checked, ...attributesOf(said) }
      const held = this.#held(item.childNodes, { ...around, depth: around.depth - 1 })
      const type = this.#names.node(isTasks ? 'taskitem' : 'listitem')
      return [{ type, ...attributed(attrs), content: held }]
    })
    const start = Number(given.get('start') ?? '1')
    const from = tag === 'ol' && Number.isInteger(start) && start !== 1 ? { start } : {}
    const meaning = isTasks ? 'tasklist' : tag === 'ol' ? 'orderedlist' : 'bulletlist'
    const attrs = { ...from, ...attributesOf(given) }
    return { type: this.#names.node(meaning), ...attributed(attrs), content }
  }

  /** Blocks, of which there has to be one. */
  #held(nodes: readonly Tree.ChildNode[], around: Around): readonly Node[] {
    const blocks = this.blocks(nodes, around)
    return blocks.length > 0 ? blocks : [{ type: this.#names.node('paragraph'), content: [] }]
  }
}

interface Found {
  readonly isBlock: boolean
  readonly node: Node
  /** Whether spaces at its ends are part of it. */
  readonly keepsSpaces?: boolean
}

/** Spaces at both ends of a block, as its source is laid out, are no text. */
function trimmed(found: readonly Found[]): readonly Node[] {
  const all = [...found]
  while (all.length > 0 && isSpace(all[0])) all.shift()
  while (all.length > 0 && isSpace(all.at(-1))) all.pop()
  return all.map(({ keepsSpaces, node }, at) => {
    if (node.text === undefined || keepsSpaces === true) return node
    const from = at === 0 ? node.text.trimStart() : node.text
    return { ...node, text: at === all.length - 1 ? from.trimEnd() : from }
  })
}

function isSpace(found: Found | undefined): boolean {
  return found?.node.text === ' ' && found.keepsSpaces !== true
}

function attributed(attrs: Attributes): { readonly attrs?: Attributes } {
  return Object.keys(attrs).length === 0 ? {} : { attrs }
}

function marked(type: string, attrs: Attributes): Mark {
  return { type, ...attributed(attrs) }
}
