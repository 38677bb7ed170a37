import { matched } from './match.ts'
import { meaningOf, namesIn, type Node } from './node.ts'
import { readHtml } from './read-html.ts'
import { readMarkdown } from './read-markdown.ts'
import { writeHtml } from './write-html.ts'
import { MarkdownWriter } from './write-markdown.ts'

export type MarkupFormat = 'markdown' | 'html'

/** Blocks as text of a format. @throws UnfitError of what is nested too deep */
export function writeMarkup(format: MarkupFormat, blocks: readonly Node[]): string {
  return format === 'html' ? writeHtml(blocks) : new MarkdownWriter().write(blocks)
}

/**
 * Text of a format as blocks, in the names of what is there.
 * @param present what is there; where the text takes its place, blocks that are as they were stay
 * @throws UnfitError of text that cannot be read
 */
export function readMarkup(
  format: MarkupFormat,
  text: string,
  present: readonly Node[],
  replaces: boolean,
): readonly Node[] {
  const names = namesIn(present)
  if (format === 'html') return readHtml(text, names)
  if (!replaces) return readMarkdown(text, names, [])
  const writer = new MarkdownWriter()
  writer.write(present)
  const wanted = readMarkdown(text, names, writer.opaque)
  return matched(present, wanted, (block) => {
    const own = new MarkdownWriter()
    const written = own.write([block])
    if (written.trim() === '' && meaningOf(block) === 'paragraph') return undefined
    return JSON.stringify(readMarkdown(written, names, own.opaque))
  })
}
