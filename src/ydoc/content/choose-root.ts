import type * as Y from 'yjs'
import {
  type ConvertedFormat,
  type ReadWish,
  type RootKind,
  type RootOf,
  type RootWish,
  UnfitError,
} from './content-wish.ts'
import { rootsOf } from '../roots.ts'
import type { KnownRoots } from './content-options.ts'

/** A root that was chosen, and what it is taken for. */
export interface Chosen {
  readonly name: string
  readonly kind: RootKind
}

/** Which kinds of roots a form can say. */
const kindsFor: Readonly<Record<ConvertedFormat, readonly RootKind[]>> = {
  json: ['text', 'xml', 'array', 'map'],
  text: ['text', 'xml'],
  delta: ['text'],
  prosemirror: ['xml'],
  markdown: ['xml'],
  html: ['xml'],
}

/** What a root is called that is made for content of a kind, where no known one is of it. */
const freshNames: Readonly<Record<RootKind, string>> = {
  text: 'text',
  xml: 'default',
  array: 'array',
  map: 'map',
}

/**
 * The root that is meant: the one that is named, else the only one of a fitting kind, else the only
 * one of these that is known by its name.
 * @param known the roots that are meant where none is named
 * @param fresh of what kind it is where there is none yet
 * @throws UnfitError `root-ambiguous`, which names those that fit
 */
export function chooseRoot(
  doc: Y.Doc,
  wish: ReadWish,
  known: KnownRoots,
  fresh?: RootKind,
): Chosen {
  const { format, rootKind } = wish
  if (rootKind !== undefined && !kindsFor[format].includes(rootKind)) {
    const fitting = kindsFor[format].join(' or ')
    throw new UnfitError('root-ambiguous', `"${format}" is for ${fitting}, not for ${rootKind}.`)
  }
  const kinds = rootKind === undefined ? kindsFor[format] : [rootKind]
  return choose(rootsOf(doc, known), wish, kinds, { fresh, known })
}

/** The text root that is meant. @throws UnfitError as `chooseRoot` */
export function chooseText(doc: Y.Doc, wish: RootWish, known: KnownRoots): Chosen {
  return choose(rootsOf(doc, known), wish, ['text'], { fresh: 'text', known })
}

function choose(
  roots: readonly RootOf[],
  { root, rootKind: kind }: RootWish,
  kinds: readonly RootKind[],
  { fresh, known }: { readonly fresh: RootKind | undefined; readonly known: KnownRoots },
): Chosen {
  const [usual = 'text'] = kinds
  if (root !== undefined) {
    const found = roots.find(({ name }) => name === root)?.kind
    const there = found === undefined || found === 'unknown' ? undefined : found
    const taken = kind ?? there ?? known.get(root) ?? fresh ?? usual
    if (kind !== undefined && there !== undefined && kind !== there && !alike(kind, there)) {
      throw new UnfitError('root-ambiguous', `The root "${root}" is of kind ${there}, not ${kind}.`)
    }
    if (!kinds.includes(taken)) {
      throw new UnfitError(
        'root-ambiguous',
        `The root "${root}" is of kind ${taken}; this form is for ${kinds.join(' or ')}.`,
      )
    }
    return { name: root, kind: taken }
  }
  const fitting = roots.flatMap(({ kind: found, name }) =>
    found !== 'unknown' && kinds.includes(found) ? [{ name, kind: found }] : [],
  )
  const usuals = fitting.filter(({ name }) => known.has(name))
  const [only] = fitting.length === 1 ? fitting : usuals.length === 1 ? usuals : []
  if (only !== undefined) return only
  if (fitting.length === 0) {
    const taken = fresh ?? usual
    const isNothing = roots.every(({ kind: found }) => found === 'unknown')
    if (isNothing || fresh !== undefined) {
      const [named] = [...known].find(([, one]) => one === taken) ?? []
      return { name: named ?? freshNames[taken], kind: taken }
    }
  }
  const named = fitting.length === 0 ? roots : fitting
  const list = named.map(({ kind: found, name }) => `"${name}" (${found})`).join(', ')
  throw new UnfitError('root-ambiguous', `Name one with root=: ${list}.`)
}

/** A list of elements looks as a fragment does. */
function alike(one: RootKind, other: RootKind): boolean {
  return [one, other].every((kind) => kind === 'xml' || kind === 'array')
}
