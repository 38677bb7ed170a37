/** Nodes that text formats can say, as Tiptap calls them. */
export const knownNodes = [
  'blockquote',
  'bulletList',
  'codeBlock',
  'hardBreak',
  'heading',
  'horizontalRule',
  'image',
  'listItem',
  'orderedList',
  'paragraph',
  'table',
  'tableCell',
  'tableHeader',
  'tableRow',
  'taskItem',
  'taskList',
] as const
export type KnownNode = (typeof knownNodes)[number]

/** Marks that text formats can say, likewise. */
export const knownMarks = ['bold', 'code', 'italic', 'link', 'strike', 'underline'] as const
export type KnownMark = (typeof knownMarks)[number]

/** What an attribute holds; an `url` is an address that runs nothing. */
export const attributeTypes = ['string', 'number', 'boolean', 'url', 'json'] as const
export type AttributeType = (typeof attributeTypes)[number]

/** A node or a mark that means what text formats know already. */
export interface Synonym<Known> {
  readonly means: Known
  /** Its own names of attributes, by those of what it means: `{ start: 'order' }`. */
  readonly rename?: Readonly<Record<string, string>> | undefined
}

/** How a node or a mark that only its own schema knows stands in text. */
export interface OwnWord {
  /**
   * Its name in Markdown, as a directive (`:::name`, `::name`, `:name[…]`). Its name in the schema
   * unless given, in kebab case.
   */
  readonly name?: string | undefined
  /** Its tag in HTML; as its name in Markdown unless given. */
  readonly tag?: string | undefined
  /** Attributes that text says, with what they hold; in kebab case there. */
  readonly attributes?: Readonly<Record<string, AttributeType>> | undefined
}

/** A node that only its own schema knows. */
export interface OwnNode extends OwnWord {
  /** What it holds. */
  readonly content: 'blocks' | 'inline' | 'none'
  /** Whether it stands within text; a block unless told. */
  readonly inline?: boolean | undefined
  /** The attribute that stands as its text, of a node that holds nothing: `:mention[Ada]`. */
  readonly label?: string | undefined
}

export type NodeMarkup = Synonym<KnownNode> | OwnNode
export type MarkMarkup = Synonym<KnownMark> | OwnWord

/** How the nodes and marks of an application's schema are read and written as text. Plain data. */
export interface MarkupOptions {
  /**
   * Whose names and attributes nodes have that are not told of here: Tiptap's, or those of
   * prosemirror-schema-basic, prosemirror-schema-list and prosemirror-markdown. Tiptap's unless
   * given.
   */
  readonly schema?: 'tiptap' | 'prosemirror' | undefined
  /** Nodes by their names in the schema. */
  readonly nodes?: Readonly<Record<string, NodeMarkup>> | undefined
  /** Marks by their names in the schema. */
  readonly marks?: Readonly<Record<string, MarkMarkup>> | undefined
  /** What the schema has not, of what text can say: text that says it is read without. */
  readonly lacks?: readonly (KnownNode | KnownMark)[] | undefined
}

/** How a name of a schema is spelled in text: `userId` as `user-id`. */
export function spelled(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
}

/** What is said of a schema that is well known, for what is not said of it. */
const schemas: Readonly<Record<'tiptap' | 'prosemirror', MarkupOptions>> = {
  tiptap: {},
  prosemirror: {
    nodes: {
      bullet_list: { means: 'bulletList' },
      code_block: { means: 'codeBlock', rename: { language: 'params' } },
      hard_break: { means: 'hardBreak' },
      horizontal_rule: { means: 'horizontalRule' },
      list_item: { means: 'listItem' },
      ordered_list: { means: 'orderedList', rename: { start: 'order' } },
    },
    marks: { strong: { means: 'bold' }, em: { means: 'italic' } },
    lacks: [
      'strike',
      'table',
      'tableCell',
      'tableHeader',
      'tableRow',
      'taskItem',
      'taskList',
      'underline',
    ],
  },
}

/** Everything that is said of a schema. */
export interface Said {
  readonly nodes: ReadonlyMap<string, NodeMarkup>
  readonly marks: ReadonlyMap<string, MarkMarkup>
  readonly lacks: ReadonlySet<string>
}

/** What an application says of its schema, and what is known of it besides. */
export function allSaid({ lacks = [], marks, nodes, schema = 'tiptap' }: MarkupOptions): Said {
  const known = schemas[schema]
  const own = [...Object.values(nodes ?? {}), ...Object.values(marks ?? {})]
  const meant = new Set<string>(own.flatMap((word) => ('means' in word ? [word.means] : [])))
  const lacking = (known.lacks ?? []).filter((name) => !meant.has(name))
  return {
    nodes: new Map(Object.entries({ ...known.nodes, ...nodes })),
    marks: new Map(Object.entries({ ...known.marks, ...marks })),
    lacks: new Set([...lacking, ...lacks]),
  }
}
