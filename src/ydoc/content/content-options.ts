import type { Limits } from '../../base/limits/limits.ts'
import { checkMarkup } from '../markup/check-markup.ts'
import type { MarkupOptions } from '../markup/markup-options.ts'
import type { RootKind } from './content-wish.ts'

/** How content is read and written where a request leaves it open. */
export interface ContentOptions {
  /**
   * Roots by name, with their kinds, one of which is meant where a request names none; the first of
   * a kind is made where there is none yet. Those of well-known editors, unless given.
   */
  readonly roots?: Readonly<Record<string, RootKind>> | undefined
  /** How nodes and marks of a schema of its own are read and written in Markdown and HTML. */
  readonly markup?: MarkupOptions | undefined
}

/** Names of roots, each with its kind. */
export type KnownRoots = ReadonlyMap<string, RootKind>

/** How well-known editors call their root, and of which kind it is. */
const usual: Readonly<Record<string, RootKind>> = {
  default: 'xml',
  prosemirror: 'xml',
  'document-store': 'xml',
  prose: 'xml',
  codemirror: 'text',
  quill: 'text',
  monaco: 'text',
  code: 'text',
}

/** What a thread that converts goes by. */
export interface ConversionSettings {
  /** What would take more than about this is not begun. */
  readonly memoryBytesMax: number
  /** Content is read and written so many levels deep. */
  readonly depthMax: number
  readonly roots: KnownRoots
  readonly markup: MarkupOptions
}

/**
 * What a thread that converts goes by.
 * @throws TypeError of markup that cannot be
 */
export function conversionSettings(
  { markup = {}, roots = usual }: ContentOptions,
  {
    conversion_depth_max: depthMax,
    fold_memory_bytes_max: memoryBytesMax,
  }: Pick<Limits, 'conversion_depth_max' | 'fold_memory_bytes_max'>,
): ConversionSettings {
  const known = new Map(Object.entries(roots))
  return { memoryBytesMax, depthMax, roots: known, markup: checkMarkup(markup) }
}
