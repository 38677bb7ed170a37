import type { DefaultTreeAdapterTypes as Tree } from 'parse5'
import type { Attributes } from './node.ts'

/** What `data-attrs` says; JSON that is none says nothing. */
export function attributesOf(given: ReadonlyMap<string, string>): Attributes {
  try {
    const attrs: unknown = JSON.parse(given.get('data-attrs') ?? '{}')
    return typeof attrs === 'object' && attrs !== null ? { ...attrs } : {}
  } catch {
    return {}
  }
}

/** The rows of a table, whatever part of it they stand in. */
export function rowsIn(nodes: readonly Tree.ChildNode[]): readonly Tree.ChildNode[] {
  return nodes.flatMap((node): readonly Tree.ChildNode[] => {
    if (node.nodeName === 'tr') return [node]
    return /^t(?:body|head|foot)$/.test(node.nodeName) && 'childNodes' in node
      ? rowsIn(node.childNodes)
      : []
  })
}

/** The text within, with all of its spaces. */
export function plain(nodes: readonly Tree.ChildNode[]): string {
  return nodes
    .map((node) => {
      if ('value' in node && node.nodeName === '#text') return node.value
      return 'childNodes' in node ? plain(node.childNodes) : ''
    })
    .join('')
}

/** The language of code, as its class says it. */
export function languageIn(nodes: readonly Tree.ChildNode[]): string | undefined {
  const code = nodes.find((node) => node.nodeName === 'code')
  if (code === undefined || !('attrs' in code)) return undefined
  const given = code.attrs.find(({ name }) => name === 'class')?.value
  return /(?:^|\s)language-(\S+)/.exec(given ?? '')?.[1]
}

/** How many columns and rows a cell takes, where that is more than one. */
export function spansOf(given: ReadonlyMap<string, string>): Attributes {
  const spans: Record<string, unknown> = {}
  for (const key of ['colspan', 'rowspan']) {
    const span = Number(given.get(key) ?? '1')
    if (Number.isInteger(span) && span > 1 && span <= 1_000) spans[key] = span
  }
  return spans
}
