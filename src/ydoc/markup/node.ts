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

/** What text formats can say, under one name for all schemas. */
export type Meaning =
  | 'blockquote'
  | 'bulletlist'
  | 'codeblock'
  | 'hardbreak'
  | 'heading'
  | 'horizontalrule'
  | 'image'
  | 'listitem'
  | 'orderedlist'
  | 'paragraph'
  | 'table'
  | 'tablecell'
  | 'tableheader'
  | 'tablerow'
  | 'taskitem'
  | 'tasklist'
  | 'text'

/** What a mark means in text formats. */
export type MarkMeaning = 'bold' | 'code' | 'italic' | 'link' | 'strike' | 'underline'

const meanings = new Set<string>([
  'blockquote',
  'bulletlist',
  'codeblock',
  'hardbreak',
  'heading',
  'horizontalrule',
  'image',
  'listitem',
  'orderedlist',
  'paragraph',
  'table',
  'tablecell',
  'tableheader',
  'tablerow',
  'taskitem',
  'tasklist',
  'text',
] satisfies readonly Meaning[])

const marks: Readonly<Record<string, MarkMeaning>> = {
  bold: 'bold',
  strong: 'bold',
  code: 'code',
  italic: 'italic',
  em: 'italic',
  link: 'link',
  strike: 'strike',
  strikethrough: 'strike',
  underline: 'underline',
}

/**
 * What a node means: Tiptap says `bulletList`, ProseMirror's own schema and Milkdown `bullet_list`.
 * @returns undefined of a node that only its own schema knows
 */
export function meaningOf({ type }: Node): Meaning | undefined {
  const bare = type.replaceAll('_', '').toLowerCase()
  return isMeaning(bare) ? bare : undefined
}

function isMeaning(name: string): name is Meaning {
  return meanings.has(name)
}

/** Likewise of a mark. */
export function markMeaningOf({ type }: Mark): MarkMeaning | undefined {
  return marks[type]
}

/** How a schema calls what text formats say. */
export interface Names {
  readonly node: (meaning: Meaning) => string
  readonly mark: (meaning: MarkMeaning) => string
}

const camel: Readonly<Partial<Record<Meaning, string>>> = {
  bulletlist: 'bulletList',
  codeblock: 'codeBlock',
  hardbreak: 'hardBreak',
  horizontalrule: 'horizontalRule',
  listitem: 'listItem',
  orderedlist: 'orderedList',
  tablecell: 'tableCell',
  tableheader: 'tableHeader',
  tablerow: 'tableRow',
  taskitem: 'taskItem',
  tasklist: 'taskList',
}

/** The names that a document uses already; for what it has not, Tiptap's or ProseMirror's own. */
export function namesIn(blocks: readonly Node[]): Names {
  const nodes = new Map<Meaning, string>()
  const found = new Map<MarkMeaning, string>()
  const visit = (node: Node): void => {
    const meaning = meaningOf(node)
    if (meaning !== undefined && !nodes.has(meaning)) nodes.set(meaning, node.type)
    for (const mark of node.marks ?? []) {
      const what = markMeaningOf(mark)
      if (what !== undefined && !found.has(what)) found.set(what, mark.type)
    }
    for (const child of node.content ?? []) visit(child)
  }
  for (const block of blocks) visit(block)
  const isSnake =
    [...nodes.values()].some((name) => name.includes('_')) ||
    ['strong', 'em'].some((name) => [...found.values()].includes(name))
  const plain = (meaning: Meaning): string => {
    const name = camel[meaning] ?? meaning
    return isSnake ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name
  }
  const short: Readonly<Partial<Record<MarkMeaning, string>>> = { bold: 'strong', italic: 'em' }
  return {
    node: (meaning) => nodes.get(meaning) ?? plain(meaning),
    mark: (meaning) => found.get(meaning) ?? (isSnake ? (short[meaning] ?? meaning) : meaning),
  }
}

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
