import { type DefaultTreeAdapterTypes as Tree, parseFragment } from 'parse5'
import { TooDeepError } from '../content/content-wish.ts'
import { isHarmless } from './addresses.ts'
import { type Found, standing, trimmed } from './html-found.ts'
import { attributesOf, languageIn, plain, rowsIn, spansOf } from './html-tree.ts'
import type { KnownMark } from './markup-options.ts'
import type { Names } from './names.ts'
import { attributed, holding, type Mark, type Node } from './node.ts'
import { attributesSaid, type Own } from './own.ts'
import type { Meaning } from './vocabulary.ts'

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
  tr: 'tableRow',
  td: 'tableCell',
  th: 'tableHeader',
  hr: 'horizontalRule',
  pre: 'codeBlock',
}

const markTags: Readonly<Record<string, KnownMark>> = {
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
      if (content.length > 0) blocks.push(this.#names.paragraph(content))
      phrases = []
    }
    for (const one of this.#nodes(nodes, around)) {
      if (one.isBlock) {
        end()
        blocks.push(one.node)
      } else phrases.push(one)
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
    const own = this.#names.vocabulary.tag(tag)
    if (own?.kind === 'node') return [this.#ownNode(own, element, given, around)]
    const marks = this.#marksOf(tag, given, own)
    if (marks !== undefined) {
      return this.#nodes(childNodes, { ...around, marks: [...around.marks, ...marks] })
    }
    if (tag === 'br') return standing(false, this.#names.node('hardBreak', attributesOf(given)))
    if (tag === 'img') return standing(true, this.#image(given))
    const block = this.#block(tag, element, given, around)
    if (block !== undefined) return standing(true, block)
    const keepsSpaces = around.keepsSpaces || /white-space:\s*pre/.test(given.get('style') ?? '')
    const inside = this.#nodes(childNodes, { ...around, keepsSpaces })
    // A part of a page without a meaning of its own ends the paragraph before and after it.
    if (/^(?:div|section|article|main|header|footer|aside|nav|figure|dl|dd|dt)$/.test(tag)) {
      return standing(true, this.blocks(childNodes, around))
    }
    return inside
  }

  /** The marks that a tag stands for; undefined of one that stands for none. */
  #marksOf(
    tag: string,
    given: ReadonlyMap<string, string>,
    own: Own | undefined,
  ): readonly Mark[] | undefined {
    const type = given.get('data-mark')
    const attrs = attributesOf(given)
    if (type !== undefined) return [{ type, ...attributed(attrs) }]
    if (own !== undefined) {
      const said = attributesSaid(own, '', (name) => given.get(`data-${name}`))
      return [{ type: own.type, ...attributed({ ...said, ...attrs }) }]
    }
    if (tag === 'a') {
      const href = given.get('href')
      const said = href === undefined || !isHarmless(href) ? attrs : { href, ...attrs }
      return 'href' in said ? this.#names.mark('link', said) : undefined
    }
    const meaning = markTags[tag]
    return meaning === undefined ? undefined : this.#names.mark(meaning, attrs)
  }

  #ownNode(
    own: Own,
    { childNodes }: Tree.Element,
    given: ReadonlyMap<string, string>,
    around: Around,
  ): Found {
    const label = own.content === 'none' ? plain(childNodes).trim() : ''
    const said = attributesSaid(own, label, (name) => given.get(`data-${name}`))
    const within = { ...around, marks: [], keepsSpaces: false }
    const content =
      own.content === 'none'
        ? []
        : own.content === 'inline'
          ? this.#phrases(childNodes, within)
          : this.#held(childNodes, within)
    const attrs = attributed({ ...said, ...attributesOf(given) })
    return { isBlock: !own.isInline, node: { type: own.type, ...attrs, ...holding(content) } }
  }

  #image(given: ReadonlyMap<string, string>): readonly Node[] {
    const said: Record<string, unknown> = {}
    for (const key of ['src', 'alt', 'title']) {
      const value = given.get(key)
      if (value !== undefined && (key !== 'src' || isHarmless(value))) said[key] = value
    }
    return this.#names.node('image', { ...said, ...attributesOf(given) })
  }

  #own(type: string, isDiv: boolean, { attrs, childNodes }: Tree.Element, around: Around): Found[] {
    const said = attributesOf(new Map(attrs.map(({ name, value }) => [name, value])))
    const within = { ...around, marks: [] }
    const isBlocks = this.#nodes(childNodes, within).some((found) => found.isBlock)
    const content = isBlocks ? this.blocks(childNodes, within) : this.#phrases(childNodes, within)
    return [{ isBlock: isDiv, node: { type, ...attributed(said), ...holding(content) } }]
  }

  #block(
    tag: string,
    element: Tree.Element,
    given: ReadonlyMap<string, string>,
    around: Around,
  ): readonly Node[] | undefined {
    const names = this.#names
    const attrs = attributesOf(given)
    const { childNodes } = element
    const inner = { ...around, marks: [] }
    const level = /^h([1-6])$/.exec(tag)?.[1]
    if (level !== undefined) {
      const said = { level: Number(level), ...attrs }
      return names.node('heading', said, this.#phrases(childNodes, inner))
    }
    if (tag === 'ul' || tag === 'ol') return this.#list(tag, element, given, inner)
    const meaning = blockTags[tag]
    switch (meaning) {
      case undefined:
        return undefined
      case 'paragraph':
        return [names.paragraph(this.#phrases(childNodes, inner), attrs)]
      case 'horizontalRule':
        return names.node(meaning, attrs)
      case 'codeBlock': {
        const text = plain(childNodes)
        const language = languageIn(childNodes)
        const said = language === undefined ? attrs : { language, ...attrs }
        return names.node(meaning, said, text === '' ? [] : [{ type: 'text', text }])
      }
      case 'table': {
        const rows = rowsIn(childNodes).flatMap((row) => this.#blockOf(row, inner))
        return names.node(meaning, attrs, rows)
      }
      case 'tableRow': {
        const cells = childNodes.filter((one) => /^t[dh]$/.test(one.nodeName))
        const held = cells.flatMap((cell) => this.#blockOf(cell, inner))
        return names.node(meaning, attrs, held)
      }
      case 'tableCell':
      case 'tableHeader': {
        const said = { ...spansOf(given), ...attrs }
        return names.node(meaning, said, this.#held(childNodes, inner))
      }
      default:
        return names.node(meaning, attrs, this.#held(childNodes, inner))
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
  ): readonly Node[] {
    const isTasks = given.get('data-type') === 'taskList'
    const content = childNodes.flatMap((item): readonly Node[] => {
      if (!('tagName' in item)) return []
      const said = new Map(item.attrs.map(({ name, value }) => [name, value]))
      const checked = isTasks ? { checked: said.get('data-checked') === 'true' } : {}
      const attrs = { ...checked, ...attributesOf(said) }
      const held = this.#held(item.childNodes, { ...around, depth: around.depth - 1 })
      return this.#names.node(isTasks ? 'taskItem' : 'listItem', attrs, held)
    })
    const start = Number(given.get('start') ?? '1')
    const from = tag === 'ol' && Number.isInteger(start) && start !== 1 ? { start } : {}
    const meaning = isTasks ? 'taskList' : tag === 'ol' ? 'orderedList' : 'bulletList'
    return this.#names.node(meaning, { ...from, ...attributesOf(given) }, content)
  }

  /** Blocks, of which there has to be one. */
  #held(nodes: readonly Tree.ChildNode[], around: Around): readonly Node[] {
    const blocks = this.blocks(nodes, around)
    return blocks.length > 0 ? blocks : [this.#names.paragraph([])]
  }
}
