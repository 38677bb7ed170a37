import type { Node } from './node.ts'

/** A node that was read, and how it stands among others. */
export interface Found {
  readonly isBlock: boolean
  readonly node: Node
  /** Whether spaces at its ends are part of it. */
  readonly keepsSpaces?: boolean
}

/** Spaces at both ends of a block, as its source is laid out, are no text. */
export function trimmed(found: readonly Found[]): readonly Node[] {
  const all = [...found]
  while (all.length > 0 && isSpace(all[0])) all.shift()
  while (all.length > 0 && isSpace(all.at(-1))) all.pop()
  return all.map(({ keepsSpaces, node }, at) => {
    if (node.text === undefined || keepsSpaces === true) return node
    const from = at === 0 ? node.text.trimStart() : node.text
    return { ...node, text: at === all.length - 1 ? from.trimEnd() : from }
  })
}

function isSpace(found: Found | undefined): boolean {
  return found?.node.text === ' ' && found.keepsSpaces !== true
}

/** Nodes that stand as blocks, or within text. */
export function standing(isBlock: boolean, nodes: readonly Node[]): readonly Found[] {
  return nodes.map((node) => ({ isBlock, node }))
}
