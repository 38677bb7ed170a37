import type { BlockContent, Html, ListItem, Paragraph, PhrasingContent } from 'mdast'
import { gfmToMarkdown } from 'mdast-util-gfm'
import { toMarkdown } from 'mdast-util-to-markdown'
import { TooDeepError } from '../content/content-wish.ts'
import {
  type Mark,
  type MarkMeaning,
  markMeaningOf,
  meaningOf,
  type Node,
  numberOf,
  stringOf,
} from './node.ts'

/** From the outside to the inside; what Markdown has no word for is left out. */
const nesting = ['link', 'bold', 'italic', 'strike'] as const

const ranks = [1, 2, 3, 4, 5, 6] as const

/** Writes blocks as Markdown; nodes that it cannot say become comments that name them. */
export class MarkdownWriter {
  /** Nodes that stand as comments, by the number that they name. */
  readonly opaque: Node[] = []
  readonly #depth: number

  /** @param depth so many levels are gone into */
  constructor(depth: number) {
    this.#depth = depth
  }

  /** @throws TooDeepError */
  write(blocks: readonly Node[]): string {
    const children = blocks.flatMap((block) => this.#block(block, this.#depth))
    return toMarkdown(
      { type: 'root', children },
      {
        bullet: '-',
        rule: '-',
        emphasis: '*',
        fences: true,
        listItemIndent: 'one',
        resourceLink: true,
        extensions: [gfmToMarkdown({ tablePipeAlign: false })],
      },
    )
  }

  #block(node: Node, depth: number): readonly BlockContent[] {
    if (depth < 0) throw new TooDeepError()
    const { content = [] } = node
    const inside = (): BlockContent[] => content.flatMap((child) => this.#block(child, depth - 1))
    switch (meaningOf(node)) {
      case 'paragraph':
        return [this.#paragraph(content)]
      case 'heading': {
        const level = ranks.find((rank) => rank >= numberOf(node, 'level', 1)) ?? 6
        return [{ type: 'heading', depth: level, children: this.#phrases(content) }]
      }
      case 'blockquote':
        return [{ type: 'blockquote', children: inside() }]
      case 'bulletlist':
      case 'tasklist':
        return [{ type: 'list', ordered: false, spread: false, children: this.#items(node, depth) }]
      case 'orderedlist': {
        const start = numberOf(node, 'start', numberOf(node, 'order', 1))
        const children = this.#items(node, depth)
        return [{ type: 'list', ordered: true, start, spread: false, children }]
      }
      case 'codeblock': {
        const value = content.map(({ text = '' }) => text).join('')
        const lang = stringOf(node, 'language') ?? stringOf(node, 'params') ?? null
        return [{ type: 'code', lang, value }]
      }
      case 'horizontalrule':
        return [{ type: 'thematicBreak' }]
      case 'table':
        return this.#table(node)
      case 'image':
        return [{ type: 'paragraph', children: [imageOf(node)] }]
      default:
        return [this.#comment(node)]
    }
  }

  #items({ content = [] }: Node, depth: number): ListItem[] {
    return content.map((item): ListItem => {
      const { attrs, content: inner = [] } = item
      const checked = meaningOf(item) === 'taskitem' ? attrs?.['checked'] === true : null
      const children = inner.flatMap((child) => this.#block(child, depth - 2))
      return { type: 'listItem', spread: false, checked, children }
    })
  }

  /** Cells of one paragraph each can be said, under a first row. */
  #table(node: Node): readonly BlockContent[] {
    const rows = (node.content ?? []).map(({ content = [] }) => content)
    const isPlain = rows.flat().every(({ attrs, content = [] }) => {
      const [only] = content
      const isOne = content.length <= 1 && (only === undefined || meaningOf(only) === 'paragraph')
      return isOne && [attrs?.['colspan'], attrs?.['rowspan']].every((span) => (span ?? 1) === 1)
    })
    const [head = []] = rows
    const isHeaded = head.every((cell) => meaningOf(cell) === 'tableheader')
    if (!isPlain || !isHeaded || head.length === 0) return [this.#comment(node)]
    const children = rows.map((cells) => ({
      type: 'tableRow' as const,
      children: cells.map(({ content = [] }) => ({
        type: 'tableCell' as const,
        children: this.#phrases(content[0]?.content ?? []),
      })),
    }))
    return [{ type: 'table', children }]
  }

  #paragraph(content: readonly Node[]): Paragraph {
    return { type: 'paragraph', children: this.#phrases(content) }
  }

  #phrases(nodes: readonly Node[], from = 0): PhrasingContent[] {
    const mark = nesting[from]
    if (mark === undefined) return nodes.map((node) => this.#phrase(node))
    const phrases: PhrasingContent[] = []
    for (const { run, said } of runsBy(nodes, mark)) {
      const children = this.#phrases(run, from + 1)
      phrases.push(...(said === undefined ? children : [wrapped(mark, said, children)]))
    }
    return phrases
  }

  #phrase(node: Node): PhrasingContent {
    switch (meaningOf(node)) {
      case 'text': {
        const { marks = [], text: value = '' } = node
        const isCode = marks.some((mark) => markMeaningOf(mark) === 'code')
        return { type: isCode ? 'inlineCode' : 'text', value }
      }
      case 'hardbreak':
        return { type: 'break' }
      case 'image':
        return imageOf(node)
      default:
        return this.#comment(node)
    }
  }

  #comment(node: Node): Html {
    this.opaque.push(node)
    const name = node.type.replaceAll(/[^\w-]/g, '')
    return { type: 'html', value: `<!--ytopic ${this.opaque.length} ${name}-->` }
  }
}

/** Neighbours that have a mark alike, or have it not. */
function runsBy(
  nodes: readonly Node[],
  meaning: MarkMeaning,
): readonly { readonly said: Mark | undefined; readonly run: readonly Node[] }[] {
  const runs: { said: Mark | undefined; run: Node[] }[] = []
  for (const node of nodes) {
    const said = node.marks?.find((mark) => markMeaningOf(mark) === meaning)
    const last = runs.at(-1)
    if (last !== undefined && isAlike(last.said, said)) last.run.push(node)
    else runs.push({ said, run: [node] })
  }
  return runs
}

function isAlike(one: Mark | undefined, other: Mark | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return stringOf(one, 'href') === stringOf(other, 'href')
}

function wrapped(
  meaning: (typeof nesting)[number],
  mark: Mark,
  children: PhrasingContent[],
): PhrasingContent {
  switch (meaning) {
    case 'link': {
      const title = stringOf(mark, 'title') ?? null
      return { type: 'link', url: stringOf(mark, 'href') ?? '', title, children }
    }
    case 'bold':
      return { type: 'strong', children }
    case 'italic':
      return { type: 'emphasis', children }
    case 'strike':
      return { type: 'delete', children }
  }
}

function imageOf(node: Node): PhrasingContent {
  const [alt, title] = [stringOf(node, 'alt') ?? null, stringOf(node, 'title') ?? null]
  return { type: 'image', url: stringOf(node, 'src') ?? '', alt, title }
}
