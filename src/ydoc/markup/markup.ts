import { matched } from './match.ts'
import type { MarkupOptions } from './markup-options.ts'
import { Names } from './names.ts'
import type { Node } from './node.ts'
import { readHtml } from './read-html.ts'
import { readMarkdown } from './read-markdown.ts'
import { Vocabulary } from './vocabulary.ts'
import { writeHtml } from './write-html.ts'
import { MarkdownWriter } from './write-markdown.ts'

export type MarkupFormat = 'markdown' | 'html'

/** How text is read and written. */
export interface MarkupSettings {
  /** What the application says of its schema. */
  readonly markup: MarkupOptions
  /** So many levels are gone into. */
  readonly depth: number
}

/** How text is taken. */
export interface Taking extends MarkupSettings {
  /** Whether it takes the place of what is there: blocks that are as they were stay then. */
  readonly replaces: boolean
}

/** Blocks as text of a format. @throws TooDeepError of more levels than `depth` */
export function writeMarkup(
  format: MarkupFormat,
  blocks: readonly Node[],
  { depth, markup }: MarkupSettings,
): string {
  const vocabulary = new Vocabulary(markup)
  return format === 'html'
    ? writeHtml(blocks, vocabulary, depth)
    : new MarkdownWriter(vocabulary, depth).write(blocks)
}

/**
 * Text of a format as blocks, in the names of what is there.
 * @param present what is there
 * @throws UnfitError of text that cannot be read, TooDeepError
 */
export function readMarkup(
  format: MarkupFormat,
  text: string,
  present: readonly Node[],
  { depth, markup, replaces }: Taking,
): readonly Node[] {
  const vocabulary = new Vocabulary(markup)
  const names = new Names(vocabulary, present)
  if (format === 'html') return readHtml(text, names, depth)
  if (!replaces) return readMarkdown(text, names, [], depth)
  const writer = new MarkdownWriter(vocabulary, depth)
  writer.write(present)
  const wanted = readMarkdown(text, names, writer.opaque, depth)
  const keyOf = (block: Node): string | undefined => {
    const own = new MarkdownWriter(vocabulary, depth)
    const written = own.write([block])
    if (written.trim() === '' && vocabulary.meaningOf(block) === 'paragraph') return undefined
    return JSON.stringify(readMarkdown(written, names, own.opaque, depth))
  }
  return matched(present, wanted, { keyOf, vocabulary })
}
