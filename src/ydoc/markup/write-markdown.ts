import type { BlockContent, Html, ListItem, Paragraph, PhrasingContent } from 'mdast'
import type { TextDirective } from 'mdast-util-directive'
import { gfmToMarkdown } from 'mdast-util-gfm'
import { toMarkdown } from 'mdast-util-to-markdown'
import { TooDeepError } from '../content/content-wish.ts'
import type { KnownMark } from './markup-options.ts'
import { type Mark, type Node, numberOf, stringOf } from './node.ts'
import { type Own, sayingOf } from './own.ts'
import type { Vocabulary } from './vocabulary.ts'
import { directivesToMarkdown } from './write-directives.ts'

/** From the outside to the inside; what Markdown has no word for is left out. */
const nesting = ['link', 'bold', 'italic', 'strike'] as const

const ranks = [1, 2, 3, 4, 5, 6] as const

/** Writes blocks as Markdown; nodes that it cannot say become comments that name them. */
export class MarkdownWriter {
  /** Nodes that stand as comments, by the number that they name. */
  readonly opaque: Node[] = []
  readonly #vocabulary: Vocabulary
  readonly #depth: number
  /** Nodes that stand as directives within text. */
  readonly #spoken = new Map<TextDirective, Node>()
  readonly #levels: readonly Level[]

  /** @param depth so many levels are gone into */
  constructor(vocabulary: Vocabulary, depth: number) {
    this.#vocabulary = vocabulary
    this.#depth = depth
    this.#levels = [...vocabulary.ownMarks, ...nesting]
  }

  /** @throws TooDeepError */
  write(blocks: readonly Node[]): string {
    const children = blocks.flatMap((block) => this.#block(block, this.#depth))
    const directives = directivesToMarkdown((directive) => {
      const node = this.#spoken.get(directive)
      return node && this.#comment(node).value
    })
    return toMarkdown(
      { type: 'root', children },
      {
        bullet: '-',
        rule: '-',
        emphasis: '*',
        fences: true,
        listItemIndent: 'one',
        resourceLink: true,
        extensions: [
          gfmToMarkdown({ tablePipeAlign: false }),
          ...(this.#vocabulary.hasDirectives ? [directives] : []),
        ],
      },
    )
  }

  #block(given: Node, depth: number): readonly BlockContent[] {
    if (depth < 0) throw new TooDeepError()
    const node = this.#vocabulary.known('node', given)
    const { content = [] } = node
    const inside = (): BlockContent[] => content.flatMap((child) => this.#block(child, depth - 1))
    switch (this.#vocabulary.meaningOf(node)) {
      case 'paragraph':
        return [this.#paragraph(content, depth)]
      case 'heading': {
        const level = ranks.find((rank) => rank >= numberOf(node, 'level', 1)) ?? 6
        return [{ type: 'heading', depth: level, children: this.#phrases(content, depth) }]
      }
      case 'blockquote':
        return [{ type: 'blockquote', children: inside() }]
      case 'bulletList':
      case 'taskList':
        return [{ type: 'list', ordered: false, spread: false, children: this.#items(node, depth) }]
      case 'orderedList': {
        const start = numberOf(node, 'start', numberOf(node, 'order', 1))
        const children = this.#items(node, depth)
        return [{ type: 'list', ordered: true, start, spread: false, children }]
      }
      case 'codeBlock': {
        const value = content.map(({ text = '' }) => text).join('')
        const lang = stringOf(node, 'language') ?? stringOf(node, 'params') ?? null
        return [{ type: 'code', lang, value }]
      }
      case 'horizontalRule':
        return [{ type: 'thematicBreak' }]
      case 'table':
        return this.#table(node, depth)
      case 'image':
        return [{ type: 'paragraph', children: [imageOf(node)] }]
      default:
        return [this.#own(given, depth) ?? this.#comment(given)]
    }
  }

  /** A block that the application has a word for, where it holds what it is said to hold. */
  #own(node: Node, depth: number): BlockContent | undefined {
    const own = this.#vocabulary.ownNode(node)
    if (own === undefined || own.isInline || !this.#holdsAsSaid(own, node)) return undefined
    const { content = [] } = node
    const { attributes, label } = sayingOf(own, node)
    const said = { name: own.name, attributes }
    if (own.content === 'none') {
      const children: PhrasingContent[] = label === undefined ? [] : [textOf(label)]
      return { type: 'leafDirective', ...said, children }
    }
    const children =
      own.content === 'blocks'
        ? content.flatMap((child) => this.#block(child, depth - 1))
        : content.length === 0
          ? []
          : [this.#paragraph(content, depth - 1)]
    return { type: 'containerDirective', ...said, children }
  }

  #holdsAsSaid(own: Own, { content = [] }: Node): boolean {
    switch (own.content) {
      case 'none':
        return content.length === 0
      case 'inline':
        return content.every((child) => this.#isPhrase(child) ?? true)
      case 'blocks':
        return content.every((child) => !(this.#isPhrase(child) ?? false))
    }
  }

  /** Whether a node stands within text; undefined where only its own schema knows. */
  #isPhrase(node: Node): boolean | undefined {
    const own = this.#vocabulary.ownNode(node)
    if (own !== undefined) return own.isInline
    const meaning = this.#vocabulary.meaningOf(node)
    if (meaning === undefined || meaning === 'image') return undefined
    return meaning === 'text' || meaning === 'hardBreak'
  }

  #items({ content = [] }: Node, depth: number): ListItem[] {
    return content.map((item): ListItem => {
      const { attrs, content: inner = [] } = this.#vocabulary.known('node', item)
      const isTask = this.#vocabulary.meaningOf(item) === 'taskItem'
      const checked = isTask ? attrs?.['checked'] === true : null
      const children = inner.flatMap((child) => this.#block(child, depth - 2))
      // A quote right behind text has no list at its beginning, for those who read it.
      const spread = children.some(({ type }) => type === 'blockquote')
      return { type: 'listItem', spread, checked, children }
    })
  }

  /** Cells of one paragraph each can be said, under a first row. */
  #table(node: Node, depth: number): readonly BlockContent[] {
    const meaningOf = (one: Node): unknown => this.#vocabulary.meaningOf(one)
    const rows = (node.content ?? []).map(({ content = [] }) =>
      content.map((cell) => this.#vocabulary.known('node', cell)),
    )
    const isPlain = rows.flat().every(({ attrs, content = [] }) => {
      const [only] = content
      const isOne = content.length <= 1 && (only === undefined || meaningOf(only) === 'paragraph')
      return isOne && [attrs?.['colspan'], attrs?.['rowspan']].every((span) => (span ?? 1) === 1)
    })
    const [head = []] = rows
    const isHeaded = head.every((cell) => meaningOf(cell) === 'tableHeader')
    if (!isPlain || !isHeaded || head.length === 0) return [this.#comment(node)]
    const children = rows.map((cells) => ({
      type: 'tableRow' as const,
      children: cells.map(({ content = [] }) => ({
        type: 'tableCell' as const,
        children: this.#phrases(content[0]?.content ?? [], depth - 3),
      })),
    }))
    return [{ type: 'table', children }]
  }

  #paragraph(content: readonly Node[], depth: number): Paragraph {
    return { type: 'paragraph', children: this.#phrases(content, depth) }
  }

  #phrases(nodes: readonly Node[], depth: number, from = 0): PhrasingContent[] {
    const level = this.#levels[from]
    if (level === undefined) return nodes.flatMap((node) => this.#phrase(node, depth))
    const phrases: PhrasingContent[] = []
    for (const { run, said } of runsBy(nodes, (mark) => this.#isOf(level, mark))) {
      if (said === undefined) phrases.push(...this.#phrases(run, depth, from + 1))
      else if (typeof level === 'string') {
        const children = this.#phrases(run, depth, from + 1)
        phrases.push(wrapped(level, this.#vocabulary.known('mark', said), children))
      } else {
        // A text may have several marks of one type.
        const rest = run.map((node) => without(node, said))
        const { attributes } = sayingOf(level, said)
        const children = this.#phrases(rest, depth, from)
        phrases.push({ type: 'textDirective', name: level.name, attributes, children })
      }
    }
    return phrases
  }

  #isOf(level: Level, mark: Mark): boolean {
    if (typeof level !== 'string') return level.type === mark.type
    return this.#vocabulary.markMeaningOf(mark) === level
  }

  #phrase(given: Node, depth: number): readonly PhrasingContent[] {
    const node = this.#vocabulary.known('node', given)
    switch (this.#vocabulary.meaningOf(node)) {
      case 'text': {
        const { marks = [], text: value = '' } = node
        const isCode = marks.some((mark) => this.#vocabulary.markMeaningOf(mark) === 'code')
        return [{ type: isCode ? 'inlineCode' : 'text', value }]
      }
      case 'hardBreak':
        return [{ type: 'break' }]
      case 'image':
        return [imageOf(node)]
      default:
        return [this.#ownPhrase(given, depth) ?? this.#comment(given)]
    }
  }

  #ownPhrase(node: Node, depth: number): PhrasingContent | undefined {
    if (depth < 0) throw new TooDeepError()
    const own = this.#vocabulary.ownNode(node)
    if (own?.isInline !== true || !this.#holdsAsSaid(own, node)) return undefined
    const { attributes, label } = sayingOf(own, node)
    const children =
      label === undefined ? this.#phrases(node.content ?? [], depth - 1) : [textOf(label)]
    const phrase: TextDirective = { type: 'textDirective', name: own.name, attributes, children }
    this.#spoken.set(phrase, node)
    return phrase
  }

  #comment(node: Node): Html {
    this.opaque.push(node)
    const name = node.type.replaceAll(/[^\w-]/g, '')
    return { type: 'html', value: `<!--ytopic ${this.opaque.length} ${name}-->` }
  }
}

/** Marks that are said together: those of a meaning, or of a type that is the schema's own. */
type Level = Own | (typeof nesting)[number]

/** Neighbours that have a mark alike, or have it not. */
function runsBy(
  nodes: readonly Node[],
  isSaid: (mark: Mark) => boolean,
): readonly { readonly said: Mark | undefined; readonly run: readonly Node[] }[] {
  const runs: { said: Mark | undefined; run: Node[] }[] = []
  for (const node of nodes) {
    const said = node.marks?.find(isSaid)
    const last = runs.at(-1)
    if (last !== undefined && isAlike(last.said, said)) last.run.push(node)
    else runs.push({ said, run: [node] })
  }
  return runs
}

function isAlike(one: Mark | undefined, other: Mark | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return one.type === other.type && JSON.stringify(one.attrs) === JSON.stringify(other.attrs)
}

function without(node: Node, mark: Mark): Node {
  const at = node.marks?.findIndex((one) => isAlike(one, mark)) ?? -1
  return at < 0 ? node : { ...node, marks: node.marks?.toSpliced(at, 1) }
}

function wrapped(
  meaning: Extract<KnownMark, (typeof nesting)[number]>,
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

function textOf(value: string): PhrasingContent {
  return { type: 'text', value }
}

function imageOf(node: Node): PhrasingContent {
  const [alt, title] = [stringOf(node, 'alt') ?? null, stringOf(node, 'title') ?? null]
  return { type: 'image', url: stringOf(node, 'src') ?? '', alt, title }
}
