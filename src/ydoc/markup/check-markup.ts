import { z } from 'zod'
import {
  allSaid,
  attributeTypes,
  knownMarks,
  type MarkMarkup,
  type MarkupOptions,
  knownNodes,
  type NodeMarkup,
  type OwnWord,
  spelled,
  type Synonym,
} from './markup-options.ts'
import { isObject } from '../../base/json.ts'
import { isFreeTag } from './tags.ts'

/** Attributes that text formats know of what they can say. */
const knownAttributes: Readonly<Record<string, readonly string[]>> = {
  codeBlock: ['language'],
  heading: ['level'],
  image: ['src', 'alt', 'title'],
  link: ['href', 'title'],
  orderedList: ['start'],
  tableCell: ['colspan', 'rowspan'],
  tableHeader: ['colspan', 'rowspan'],
  taskItem: ['checked'],
}

/** Attributes of HTML that say what no tag says. */
const taken = new Set(['attrs', 'mark', 'node'])

const wordShape = {
  name: z.string().optional(),
  tag: z.string().optional(),
  attributes: z.record(z.string(), z.enum(attributeTypes)).optional(),
}
const names = z.record(z.string(), z.string()).optional()
const synonymShape = {
  node: z.strictObject({ means: z.enum(knownNodes), rename: names }),
  mark: z.strictObject({ means: z.enum(knownMarks), rename: names }),
}
const ownShape = {
  node: z.strictObject({
    ...wordShape,
    content: z.enum(['blocks', 'inline', 'none']),
    inline: z.boolean().optional(),
    label: z.string().optional(),
  }),
  mark: z.strictObject(wordShape),
}
const lacks = z.array(z.enum([...knownNodes, ...knownMarks]).exclude(['paragraph'])).optional()
const whole = z.strictObject({
  schema: z.enum(['tiptap', 'prosemirror']).optional(),
  nodes: z.record(z.string(), z.unknown()).optional(),
  marks: z.record(z.string(), z.unknown()).optional(),
  lacks,
})

/**
 * What an application says of its schema, checked: nothing of it is left for when it is needed.
 * @throws TypeError which names the first thing that cannot be, and says what could
 */
export function checkMarkup(given: unknown): MarkupOptions {
  const { marks, nodes, ...rest } = read(whole, given, '')
  const options: MarkupOptions = {
    ...rest,
    nodes: nodes && each(nodes, 'nodes', readNode),
    marks: marks && each(marks, 'marks', readMark),
  }
  checkClashes(options)
  return options
}

function readNode(given: unknown, at: string): NodeMarkup {
  const known = readSynonym(synonymShape.node, given, at)
  if (known !== undefined) return known
  const node = read(ownShape.node, given, at)
  checkWord(node, at)
  const { attributes = {}, content, inline = false, label } = node
  if (inline && content === 'blocks') fail(at, 'an inline node holds "inline" or "none"')
  if (label === undefined) return node
  if (content !== 'none') fail(at, 'a label is for a node whose content is "none"')
  if (attributes[label] !== 'string') fail(at, `the label "${label}" is no attribute of strings`)
  return node
}

function readMark(given: unknown, at: string): MarkMarkup {
  const known = readSynonym(synonymShape.mark, given, at)
  if (known !== undefined) return known
  const mark = read(ownShape.mark, given, at)
  checkWord(mark, at)
  return mark
}

/** What stands for something that text knows; undefined where it is of the application's own. */
function readSynonym<Means extends string>(
  schema: z.ZodType<Synonym<Means>>,
  given: unknown,
  at: string,
): Synonym<Means> | undefined {
  if (!isObject(given) || !('means' in given)) return undefined
  const known = read(schema, given, at)
  checkRename(known, at)
  return known
}

/** Names of attributes are exchanged, so that none is lost. */
function checkRename({ means, rename = {} }: Synonym<string>, at: string): void {
  const known = knownAttributes[means] ?? []
  for (const name of Object.keys(rename)) {
    if (known.includes(name)) continue
    const those = known.length === 0 ? 'none' : known.join(', ')
    fail(at, `"${means}" has no attribute "${name}" in text; it has ${those}`)
  }
  const own = Object.values(rename)
  const twice = own.find((name, place) => own.indexOf(name) !== place || known.includes(name))
  if (twice !== undefined) fail(at, `two attributes would be "${twice}"`)
}

const spelling = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

/** Names stand in text as they are: they have to be words there. */
function checkWord({ attributes = {}, name, tag }: OwnWord, at: string): void {
  const [type = ''] = at.split('.').slice(-1)
  const called = name ?? spelled(type)
  if (!spelling.test(called)) {
    fail(at, `"${called}" cannot be a name in Markdown; give it a name such as "call-out"`)
  }
  const tagged = tag ?? called
  if (!spelling.test(tagged)) {
    fail(at, `"${tagged}" cannot be a tag; give it one such as "call-out"`)
  }
  if (!isFreeTag(tagged)) {
    fail(at, `the tag <${tagged}> is HTML's own; give it another tag, such as "x-${tagged}"`)
  }
  const spellings = new Map<string, string>()
  for (const attribute of Object.keys(attributes)) {
    const said = spelled(attribute)
    if (!spelling.test(said) || taken.has(said)) {
      fail(at, `the attribute "${attribute}" cannot stand in text; leave it out`)
    }
    const other = spellings.get(said)
    if (other !== undefined) fail(at, `"${other}" and "${attribute}" are both "${said}" in text`)
    spellings.set(said, attribute)
  }
}

/** No two of them may be read from the same text. */
function checkClashes(options: MarkupOptions): void {
  const { marks, nodes } = allSaid(options)
  const directives = new Map<string, string>()
  const tags = new Map<string, string>()
  for (const [type, one] of [...nodes, ...marks]) {
    if ('means' in one) continue
    const name = one.name ?? spelled(type)
    claim(directives, name, type, `are both ":${name}" in Markdown`)
    const tag = one.tag ?? name
    claim(tags, tag, type, `are both <${tag}> in HTML`)
  }
}

function claim(claims: Map<string, string>, word: string, type: string, what: string): void {
  const other = claims.get(word)
  if (other !== undefined) fail('', `"${other}" and "${type}" ${what}; name one of them otherwise`)
  claims.set(word, type)
}

function each<Value>(
  given: Readonly<Record<string, unknown>>,
  at: string,
  readOne: (given: unknown, at: string) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(given).map(([type, one]) => [type, readOne(one, `${at}.${type}`)]),
  )
}

function read<Value>(schema: z.ZodType<Value>, given: unknown, at: string): Value {
  const found = schema.safeParse(given)
  if (found.success) return found.data
  const [issue] = found.error.issues
  const path = [...(at === '' ? [] : [at]), ...(issue?.path ?? []).map(String)].join('.')
  return fail(path, issue?.message ?? '')
}

function fail(at: string, why: string): never {
  throw new TypeError(`The markup of content: ${at === '' ? '' : `${at}: `}${why}.`)
}
