import { TooDeepError } from '../content/content-wish.ts'
import {
  type Attributes,
  type Mark,
  type MarkMeaning,
  markMeaningOf,
  meaningOf,
  type Node,
  numberOf,
} from './node.ts'

/** From the outside to the inside. */
const nesting: readonly MarkMeaning[] = ['link', 'bold', 'italic', 'underline', 'strike', 'code']

const markTags: Readonly<Record<Exclude<MarkMeaning, 'link'>, string>> = {
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
export function writeHtml(blocks: readonly Node[], depth: number): string {
  return `${blocks.map((block) => blockHtml(block, depth)).join('\n')}\n`
}

function blockHtml(node: Node, depth: number, tag: 'div' | 'span' = 'div'): string {
  if (depth < 0) throw new TooDeepError()
  const { attrs = {}, content = [] } = node
  const inside = (): string => childrenHtml(content, depth - 1)
  switch (meaningOf(node)) {
    case 'text':
    case 'hardbreak':
      return phrasesHtml([node], depth)
    case 'paragraph':
      return `<p${rest(attrs)}>${inside()}</p>`
    case 'heading': {
      const level = Math.min(Math.max(Math.trunc(numberOf(node, 'level', 1)), 1), 6)
      return `<h${level}${rest(attrs, 'level')}>${inside()}</h${level}>`
    }
    case 'blockquote':
      return `<blockquote${rest(attrs)}>${inside()}</blockquote>`
    case 'bulletlist':
      return `<ul${rest(attrs)}>${inside()}</ul>`
    case 'tasklist':
      return `<ul data-type="taskList"${rest(attrs)}>${inside()}</ul>`
    case 'orderedlist': {
      const start = numberOf(node, 'start', 1)
      const said = start === 1 ? '' : ` start="${start}"`
      return `<ol${said}${rest(attrs, 'start')}>${inside()}</ol>`
    }
    case 'listitem':
      return `<li${rest(attrs)}>${inside()}</li>`
    case 'taskitem': {
      const said = ` data-type="taskItem" data-checked="${attrs['checked'] === true}"`
      return `<li${said}${rest(attrs, 'checked')}>${inside()}</li>`
    }
    case 'codeblock': {
      const language = attrs['language']
      const said = typeof language === 'string' ? ` class="language-${escaped(language)}"` : ''
      const text = content.map(({ text: one = '' }) => one).join('')
      // A line break at the very beginning is dropped by whoever reads HTML.
      return `<pre${rest(attrs, 'language')}><code${said}>${escaped(text)}</code></pre>`
    }
    case 'horizontalrule':
      return `<hr${rest(attrs)}>`
    case 'image':
      return imageHtml(attrs)
    case 'table':
      return `<table${rest(attrs)}><tbody>${inside()}</tbody></table>`
    case 'tablerow':
      return `<tr${rest(attrs)}>${inside()}</tr>`
    case 'tablecell':
      return `<td${spans(attrs)}${rest(attrs, 'colspan', 'rowspan')}>${inside()}</td>`
    case 'tableheader':
      return `<th${spans(attrs)}${rest(attrs, 'colspan', 'rowspan')}>${inside()}</th>`
    case undefined: {
      const name = ` data-node="${escaped(node.type)}"`
      return `<${tag}${name}${rest(attrs)}>${inside()}</${tag}>`
    }
  }
}

function childrenHtml(nodes: readonly Node[], depth: number): string {
  const isInline = nodes.some(({ type }) => type === 'text')
  if (isInline) return phrasesHtml(nodes, depth)
  return nodes.map((node) => blockOrPhrase(node, depth, 'div')).join('')
}

function blockOrPhrase(node: Node, depth: number, tag: 'div' | 'span'): string {
  return meaningOf(node) === 'hardbreak' ? '<br>' : blockHtml(node, depth, tag)
}

function phrasesHtml(nodes: readonly Node[], depth: number): string {
  return nodes
    .map((node, at) => phraseHtml(node, depth, at === 0, at === nodes.length - 1))
    .join('')
}

function phraseHtml(node: Node, depth: number, isFirst: boolean, isLast: boolean): string {
  if (node.type !== 'text') return blockOrPhrase(node, depth, 'span')
  const { marks = [], text = '' } = node
  const inwards = marks.toSorted((one, other) => rank(other) - rank(one))
  return inwards.reduce((html, mark) => markHtml(mark, html), textHtml(text, isFirst, isLast))
}

function rank(mark: Mark): number {
  const meaning = markMeaningOf(mark)
  return meaning === undefined ? nesting.length : nesting.indexOf(meaning)
}

/** Spaces that HTML would fold stand where they are kept. */
function textHtml(text: string, isFirst: boolean, isLast: boolean): string {
  const isTrimmed = (isFirst && /^\s/.test(text)) || (isLast && /\s$/.test(text))
  const isFolded = isTrimmed || /\s\s|[\t\n\r\f]/.test(text)
  const html = escaped(text)
  return isFolded ? `<span style="white-space:pre-wrap">${html}</span>` : html
}

function markHtml(mark: Mark, html: string): string {
  const { attrs = {}, type } = mark
  const meaning = markMeaningOf(mark)
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
