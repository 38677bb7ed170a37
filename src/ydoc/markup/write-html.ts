import { TooDeepError } from '../content/content-wish.ts'
import type { KnownMark } from './markup-options.ts'
import { type Attributes, type Mark, type Node, numberOf } from './node.ts'
import { type Own, sayingOf } from './own.ts'
import type { Vocabulary } from './vocabulary.ts'

/** From the outside to the inside. */
const nesting: readonly KnownMark[] = ['link', 'bold', 'italic', 'underline', 'strike', 'code']

const markTags: Readonly<Record<Exclude<KnownMark, 'link'>, string>> = {
  bold: 'strong',
  italic: 'em',
  underline: 'u',
  strike: 's',
  code: 'code',
}

/** Schemes that may stand in a link or a picture; a path of the reader's own site may, too. */
const harmless = /^(?:https?:|mailto:|tel:|[/#?.]|[\w-]+(?:[/?#]|$))/i

/**
 * Writes blocks as HTML that does nothing: tags and attributes are those below and no others, and
 * text is escaped. What HTML has no word for stands in `data-node`, `data-mark` and `data-attrs`,
 * so that it comes back as it was.
 * @param depth so many levels are gone into
 * @throws TooDeepError
 */
export function writeHtml(blocks: readonly Node[], vocabulary: Vocabulary, depth: number): string {
  const writer = new HtmlWriter(vocabulary)
  return `${blocks.map((block) => writer.block(block, depth)).join('\n')}\n`
}

class HtmlWriter {
  readonly #vocabulary: Vocabulary

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
  }

  block(given: Node, depth: number, tag: 'div' | 'span' = 'div'): string {
    if (depth < 0) throw new TooDeepError()
    const node = this.#vocabulary.known('node', given)
    const { attrs = {}, content = [] } = node
    const inside = (): string => this.#children(content, depth - 1)
    switch (this.#vocabulary.meaningOf(node)) {
      case 'text':
        return this.#phrases([node], depth)
      case 'hardBreak':
        return `<br${rest(attrs)}>`
      case 'paragraph':
        return `<p${rest(attrs)}>${inside()}</p>`
      case 'heading': {
        const level = Math.min(Math.max(Math.trunc(numberOf(node, 'level', 1)), 1), 6)
        return `<h${level}${rest(attrs, 'level')}>${inside()}</h${level}>`
      }
      case 'blockquote':
        return `<blockquote${rest(attrs)}>${inside()}</blockquote>`
      case 'bulletList':
        return `<ul${rest(attrs)}>${inside()}</ul>`
      case 'taskList':
        return `<ul data-type="taskList"${rest(attrs)}>${inside()}</ul>`
      case 'orderedList': {
        const start = numberOf(node, 'start', 1)
        const said = start === 1 ? '' : ` start="${start}"`
        return `<ol${said}${rest(attrs, 'start')}>${inside()}</ol>`
      }
      case 'listItem':
        return `<li${rest(attrs)}>${inside()}</li>`
      case 'taskItem': {
        const said = ` data-type="taskItem" data-checked="${attrs['checked'] === true}"`
        return `<li${said}${rest(attrs, 'checked')}>${inside()}</li>`
      }
      case 'codeBlock': {
        const language = attrs['language']
        const said = typeof language === 'string' ? ` class="language-${escaped(language)}"` : ''
        const text = content.map(({ text: one = '' }) => one).join('')
        // A line break at the very beginning is dropped by whoever reads HTML.
        return `<pre${rest(attrs, 'language')}><code${said}>${escaped(text)}</code></pre>`
      }
      case 'horizontalRule':
        return `<hr${rest(attrs)}>`
      case 'image':
        return imageHtml(attrs)
      case 'table':
        return `<table${rest(attrs)}><tbody>${inside()}</tbody></table>`
      case 'tableRow':
        return `<tr${rest(attrs)}>${inside()}</tr>`
      case 'tableCell':
        return `<td${spans(attrs)}${rest(attrs, 'colspan', 'rowspan')}>${inside()}</td>`
      case 'tableHeader':
        return `<th${spans(attrs)}${rest(attrs, 'colspan', 'rowspan')}>${inside()}</th>`
      case undefined: {
        const own = this.#vocabulary.ownNode(node)
        const isInPlace = own?.isInline === true || tag === 'div'
        if (own !== undefined && isInPlace) return this.#own(own, node, inside)
        const name = ` data-node="${escaped(node.type)}"`
        return `<${tag}${name}${rest(attrs)}>${inside()}</${tag}>`
      }
    }
  }

  #own(own: Own, node: Node, inside: () => string): string {
    const { label, said, told } = ownHtml(own, node)
    const held = own.content === 'none' && label !== undefined ? escaped(label) : inside()
    return `<${own.tag}${said}${rest(node.attrs ?? {}, ...told)}>${held}</${own.tag}>`
  }

  #children(nodes: readonly Node[], depth: number): string {
    const isInline = nodes.some(({ type }) => type === 'text')
    if (isInline) return this.#phrases(nodes, depth)
    return nodes.map((node) => this.block(node, depth)).join('')
  }

  #phrases(nodes: readonly Node[], depth: number): string {
    return nodes
      .map((node, at) => this.#phrase(node, depth, at === 0, at === nodes.length - 1))
      .join('')
  }

  #phrase(node: Node, depth: number, isFirst: boolean, isLast: boolean): string {
    if (node.type !== 'text') return this.block(node, depth, 'span')
    const { marks = [], text = '' } = node
    const inwards = marks.toSorted((one, other) => this.#rank(other) - this.#rank(one))
    return inwards.reduce((html, mark) => this.#mark(mark, html), textHtml(text, isFirst, isLast))
  }

  #rank(mark: Mark): number {
    const meaning = this.#vocabulary.markMeaningOf(mark)
    return meaning === undefined ? nesting.length : nesting.indexOf(meaning)
  }

  #mark(given: Mark, html: string): string {
    const own = this.#vocabulary.ownMark(given)
    if (own !== undefined) {
      const { said, told } = ownHtml(own, given)
      return `<${own.tag}${said}${rest(given.attrs ?? {}, ...told)}>${html}</${own.tag}>`
    }
    const { attrs = {}, type } = this.#vocabulary.known('mark', given)
    const meaning = this.#vocabulary.markMeaningOf(given)
    if (meaning === undefined) {
      return `<span data-mark="${escaped(type)}"${rest(attrs)}>${html}</span>`
    }
    if (meaning !== 'link') {
      const tag = markTags[meaning]
      return `<${tag}${rest(attrs)}>${html}</${tag}>`
    }
    const [said, ...told] = address(attrs, 'href')
    return `<a${said}${rest(attrs, ...told)}>${html}</a>`
  }
}

/** The attributes that a tag of the application's says, as data that nothing acts upon. */
function ownHtml(own: Own, one: Node | Mark) {
  const { attributes, keys, label } = sayingOf(own, one)
  const said = Object.entries(attributes)
    .map(([name, value]) => ` data-${name}="${escaped(value)}"`)
    .join('')
  return { label, said, told: [...keys] }
}

/** Spaces that HTML would fold stand where they are kept. */
function textHtml(text: string, isFirst: boolean, isLast: boolean): string {
  const isTrimmed = (isFirst && /^\s/.test(text)) || (isLast && /\s$/.test(text))
  const isFolded = isTrimmed || /\s\s|[\t\n\r\f]/.test(text)
  const html = escaped(text)
  return isFolded ? `<span style="white-space:pre-wrap">${html}</span>` : html
}

function imageHtml(attrs: Attributes): string {
  const [said, ...told] = address(attrs, 'src')
  const text = (key: string): string => {
    const value = attrs[key]
    return typeof value === 'string' && value !== '' ? ` ${key}="${escaped(value)}"` : ''
  }
  return `<img${said}${text('alt')}${text('title')}${rest(attrs, 'alt', 'title', ...told)}>`
}

/** The attribute of an address, where that is harmless, and its name when it was told so. */
function address(attrs: Attributes, key: string): readonly string[] {
  const value = attrs[key]
  const isTold = typeof value === 'string' && harmless.test(value)
  return isTold ? [` ${key}="${escaped(value)}"`, key] : ['']
}

function spans(attrs: Attributes): string {
  return ['colspan', 'rowspan']
    .map((key) => {
      const value = attrs[key]
      return typeof value === 'number' && value > 1 ? ` ${key}="${Math.trunc(value)}"` : ''
    })
    .join('')
}

/** Attributes that no tag says, as JSON that nobody but this program reads. */
function rest(attrs: Attributes, ...told: readonly string[]): string {
  const left = Object.entries(attrs).filter(
    ([key, value]) => !told.includes(key) && value !== null && value !== undefined,
  )
  if (left.length === 0) return ''
  return ` data-attrs="${escaped(JSON.stringify(Object.fromEntries(left)))}"`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
}
