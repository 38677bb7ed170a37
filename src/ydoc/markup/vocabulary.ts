import {
  allSaid,
  type KnownMark,
  knownMarks,
  type KnownNode,
  knownNodes,
  type MarkupOptions,
} from './markup-options.ts'
import type { Attributes, Mark, Node } from './node.ts'
import { type Own, ownMark, ownNode, sayingOf } from './own.ts'

/** What text formats can say. */
export type Meaning = KnownNode | 'text'

/** By how all schemas spell it, more or less. */
const meanings = new Map<string, Meaning>(
  [...knownNodes, 'text' as const].map((meaning) => [meaning.toLowerCase(), meaning]),
)

const markMeanings = new Map<string, KnownMark>([
  ...knownMarks.map((meaning) => [meaning, meaning] as const),
  ['strong', 'bold'],
  ['em', 'italic'],
  ['strikethrough', 'strike'],
])

/** Attributes that Markdown says of what it knows. */
const saidOf: Readonly<Partial<Record<Meaning, readonly string[]>>> = {
  codeBlock: ['language'],
  heading: ['level'],
  image: ['src', 'alt', 'title'],
  orderedList: ['start'],
  taskItem: ['checked'],
}

type Renames = ReadonlyMap<string, string>
const none: Renames = new Map()

/** What nodes and marks mean, as far as text formats can say it. */
export class Vocabulary {
  readonly #nodes = new Map<string, Meaning>()
  readonly #marks = new Map<string, KnownMark>()
  readonly #own = { node: new Map<string, Own>(), mark: new Map<string, Own>() }
  readonly #renames = { node: new Map<string, Renames>(), mark: new Map<string, Renames>() }
  readonly #directives = new Map<string, Own>()
  readonly #tags = new Map<string, Own>()
  readonly #lacks: ReadonlySet<string>

  constructor(options: MarkupOptions) {
    const { lacks, marks, nodes } = allSaid(options)
    this.#lacks = lacks
    for (const [type, word] of nodes) {
      if ('means' in word) {
        this.#nodes.set(type, word.means)
        this.#renames.node.set(type, exchanged(word.rename))
      } else this.#add(ownNode(type, word))
    }
    for (const [type, word] of marks) {
      if ('means' in word) {
        this.#marks.set(type, word.means)
        this.#renames.mark.set(type, exchanged(word.rename))
      } else this.#add(ownMark(type, word))
    }
  }

  #add(own: Own): void {
    this.#own[own.kind].set(own.type, own)
    this.#directives.set(own.name, own)
    this.#tags.set(own.tag, own)
  }

  /** What a node means; undefined of one that only its own schema knows. */
  meaningOf({ type }: Node): Meaning | undefined {
    if (this.#own.node.has(type)) return undefined
    return this.#nodes.get(type) ?? meanings.get(type.replaceAll('_', '').toLowerCase())
  }

  /** Likewise of a mark. */
  markMeaningOf({ type }: Mark): KnownMark | undefined {
    if (this.#own.mark.has(type)) return undefined
    return this.#marks.get(type) ?? markMeanings.get(type)
  }

  /** The word of a node that the application has told of. */
  ownNode({ type }: Node): Own | undefined {
    return this.#own.node.get(type)
  }

  ownMark({ type }: Mark): Own | undefined {
    return this.#own.mark.get(type)
  }

  /** Marks that the application has told of, in its order. */
  get ownMarks(): readonly Own[] {
    return [...this.#own.mark.values()]
  }

  /** Whether Markdown has directives: where none is meant, text that looks like one is text. */
  get hasDirectives(): boolean {
    return this.#directives.size > 0
  }

  directive(name: string): Own | undefined {
    return this.#directives.get(name)
  }

  tag(name: string): Own | undefined {
    return this.#tags.get(name)
  }

  lacks(meaning: Meaning | KnownMark): boolean {
    return this.#lacks.has(meaning)
  }

  /** Names of the schema for what text formats know, in the order in which they were given. */
  namesFor(kind: 'node' | 'mark', meaning: Meaning | KnownMark): string | undefined {
    const given: ReadonlyMap<string, Meaning | KnownMark> =
      kind === 'node' ? this.#nodes : this.#marks
    return [...given].find(([, one]) => one === meaning)?.[0]
  }

  /** Attributes of a node by the names that text formats have for them, or back. */
  renamed(kind: 'node' | 'mark', type: string, attrs: Attributes): Attributes {
    const names = this.#renames[kind].get(type) ?? none
    if (names.size === 0) return attrs
    return Object.fromEntries(
      Object.entries(attrs).map(([key, value]) => [names.get(key) ?? key, value]),
    )
  }

  /** A node with its attributes as text formats call them. */
  known<One extends Node | Mark>(kind: 'node' | 'mark', one: One): One {
    return one.attrs === undefined
      ? one
      : { ...one, attrs: this.renamed(kind, one.type, one.attrs) }
  }

  /** Whether Markdown has a word for a mark. */
  saysMark(mark: Mark): boolean {
    if (this.#own.mark.has(mark.type)) return true
    const meaning = this.markMeaningOf(mark)
    return meaning !== undefined && meaning !== 'underline'
  }

  /** The attributes of a node that Markdown says nothing of. */
  unsaid(node: Node): Attributes {
    const own = this.ownNode(node)
    const said = own === undefined ? this.#saidOf(node) : sayingOf(own, node).keys
    return Object.fromEntries(Object.entries(node.attrs ?? {}).filter(([key]) => !said.has(key)))
  }

  #saidOf(node: Node): ReadonlySet<string> {
    const meaning = this.meaningOf(node)
    const known = (meaning === undefined ? undefined : saidOf[meaning]) ?? []
    const names = this.#renames.node.get(node.type) ?? none
    return new Set(known.map((key) => names.get(key) ?? key))
  }
}

/** Both ways, so that nothing is lost where both names are in use. */
function exchanged(rename: Readonly<Record<string, string>> = {}): Renames {
  return new Map(
    Object.entries(rename).flatMap(([known, own]) => [
      [known, own],
      [own, known],
    ]),
  )
}
