import { matched } from './match.ts'
import { meaningOf, namesIn, type Node } from './node.ts'
import { readHtml } from './read-html.ts'
import { readMarkdown } from './read-markdown.ts'
import { writeHtml } from './write-html.ts'
import { MarkdownWriter } from './write-markdown.ts'

export type MarkupFormat = 'markdown' | 'html'

/** How text is taken. */
export interface Taking {
  /** Whether it takes the place of what is there: blocks that are as they were stay then. */
  readonly replaces: boolean
  /** So many levels are gone into. */
  readonly depth: number
}

/** Blocks as text of a format. @throws TooDeepError of more levels than `depth` */
export function writeMarkup(format: MarkupFormat, blocks: readonly Node[], depth: number): string {
  return format === 'html' ? writeHtml(blocks, depth) : new MarkdownWriter(depth).write(blocks)
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
  { depth, replaces }: Taking,
): readonly Node[] {
  const names = namesIn(present)
  if (format === 'html') return readHtml(text, names, depth)
  if (!replaces) return readMarkdown(text, names, [], depth)
  const writer = new MarkdownWriter(depth)
  writer.write(present)
  const wanted = readMarkdown(text, names, writer.opaque, depth)
  return matched(present, wanted, (block) => {
    const own = new MarkdownWriter(depth)
    const written = own.write([block])
    if (written.trim() === '' && meaningOf(block) === 'paragraph') return undefined
    return JSON.stringify(readMarkdown(written, names, own.opaque, depth))
  })
}
