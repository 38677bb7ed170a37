import type * as MarkupModule from './markup.ts'

/** What reads and writes Markdown and HTML; loaded by whoever is asked for these. */
export type Markup = Pick<typeof MarkupModule, 'readMarkup' | 'writeMarkup'>

/** @throws Error where it was not loaded: whoever asks for a format loads it first */
export function neededMarkup(markup: Markup | undefined): Markup {
  if (markup === undefined) throw new Error('Markdown and HTML were asked for and not loaded.')
  return markup
}
