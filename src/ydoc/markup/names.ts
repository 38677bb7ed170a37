import type { KnownMark } from './markup-options.ts'
import { attributed, type Attributes, type Mark, type Node } from './node.ts'
import type { Meaning, Vocabulary } from './vocabulary.ts'

/** Nodes and marks as a document and its schema call them. */
export class Names {
  readonly vocabulary: Vocabulary
  readonly #nodes = new Map<Meaning, string>()
  readonly #marks = new Map<KnownMark, string>()
  readonly #isSnake: boolean

  /**
   * The names that a document uses already; for what it has not, those of the schema, else
   * Tiptap's or ProseMirror's own.
   */
  constructor(vocabulary: Vocabulary, present: readonly Node[]) {
    this.vocabulary = vocabulary
    for (const block of present) this.#note(block)
    this.#isSnake =
      [...this.#nodes.values()].some((name) => name.includes('_')) ||
      ['strong', 'em'].some((name) => [...this.#marks.values()].includes(name))
  }

  #note(node: Node): void {
    const meaning = this.vocabulary.meaningOf(node)
    if (meaning !== undefined && !this.#nodes.has(meaning)) this.#nodes.set(meaning, node.type)
    for (const mark of node.marks ?? []) {
      const what = this.vocabulary.markMeaningOf(mark)
      if (what !== undefined && !this.#marks.has(what)) this.#marks.set(what, mark.type)
    }
    for (const child of node.content ?? []) this.#note(child)
  }

  /**
   * A node of a meaning; of one that the schema lacks, what it holds.
   * @param attrs as text formats call them
   */
  node(meaning: Meaning, attrs: Attributes = {}, content?: readonly Node[]): readonly Node[] {
    if (!this.#nodes.has(meaning) && this.vocabulary.lacks(meaning)) {
      return this.#instead(meaning, attrs, content ?? [])
    }
    const type = this.#nodes.get(meaning) ?? this.#fresh(meaning)
    const own = this.vocabulary.renamed('node', type, attrs)
    return [{ type, ...attributed(own), ...(content === undefined ? {} : { content }) }]
  }

  /** A paragraph, which every schema has. */
  paragraph(content: readonly Node[], attrs: Attributes = {}): Node {
    const [type = 'paragraph'] = this.node('paragraph').map((node) => node.type)
    return { type, ...attributed(attrs), content }
  }

  /** A mark of a meaning; none where the schema lacks it. */
  mark(meaning: KnownMark, attrs: Attributes = {}): readonly Mark[] {
    if (!this.#marks.has(meaning) && this.vocabulary.lacks(meaning)) return []
    const short: Readonly<Partial<Record<KnownMark, string>>> = { bold: 'strong', italic: 'em' }
    const usual = this.#isSnake ? (short[meaning] ?? meaning) : meaning
    const type = this.#marks.get(meaning) ?? this.vocabulary.namesFor('mark', meaning) ?? usual
    return [{ type, ...attributed(this.vocabulary.renamed('mark', type, attrs)) }]
  }

  #fresh(meaning: Meaning): string {
    const told = this.vocabulary.namesFor('node', meaning)
    if (told !== undefined || !this.#isSnake) return told ?? meaning
    return meaning.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  }

  #instead(meaning: Meaning, attrs: Attributes, content: readonly Node[]): readonly Node[] {
    switch (meaning) {
      case 'taskList':
        return this.node('bulletList', {}, content)
      case 'taskItem':
        return this.node('listItem', {}, this.#ticked(attrs['checked'] === true, content))
      case 'heading':
      case 'codeBlock':
        return [this.paragraph(content)]
      case 'hardBreak':
        return [{ type: 'text', text: ' ' }]
      default:
        return content
    }
  }

  /** What was done stands as text then. */
  #ticked(isDone: boolean, [first, ...rest]: readonly Node[]): readonly Node[] {
    const box: Node = { type: 'text', text: isDone ? '[x] ' : '[ ] ' }
    if (first === undefined || this.vocabulary.meaningOf(first) !== 'paragraph') {
      return [this.paragraph([box]), ...(first === undefined ? [] : [first]), ...rest]
    }
    return [{ ...first, content: [box, ...(first.content ?? [])] }, ...rest]
  }
}
