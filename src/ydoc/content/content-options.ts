import type { RootKind } from './content-wish.ts'

/** How content is read and written where a request leaves it open. */
export interface ContentOptions {
  /**
   * Roots by name, with their kinds, one of which is meant where a request names none; the first of
   * a kind is made where there is none yet. Those of well-known editors, unless given.
   */
  readonly roots?: Readonly<Record<string, RootKind>> | undefined
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

/** The roots that are meant where none is named. */
export function knownRootsOf({ roots = usual }: ContentOptions): KnownRoots {
  return new Map(Object.entries(roots))
}

/** What a thread that converts goes by. */
export interface ConversionSettings {
  /** What would take more than about this is not begun. */
  readonly memoryBytesMax: number
  /** Content is read and written so many levels deep. */
  readonly depthMax: number
  readonly roots: KnownRoots
}
