/** A node of ProseMirror as JSON. */
export interface Node {
  readonly type: string
  readonly attrs?: Attributes | undefined
  readonly content?: readonly Node[] | undefined
  readonly text?: string | undefined
  readonly marks?: readonly Mark[] | undefined
}

/** A mark of a text. */
export interface Mark {
  readonly type: string
  readonly attrs?: Attributes | undefined
}

export type Attributes = Readonly<Record<string, unknown>>

/** A number among a node's attributes. */
export function numberOf({ attrs }: Node, key: string, otherwise: number): number {
  const value = attrs?.[key]
  return typeof value === 'number' ? value : otherwise
}

/** A string among the attributes of a node or a mark. */
export function stringOf({ attrs }: Node | Mark, key: string): string | undefined {
  const value = attrs?.[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Attributes, where there are any. */
export function attributed(attrs: Attributes): { readonly attrs?: Attributes } {
  return Object.keys(attrs).length === 0 ? {} : { attrs }
}

/** Nodes within, where there are any. */
export function holding(content: readonly Node[]): { readonly content?: readonly Node[] } {
  return content.length === 0 ? {} : { content }
}
