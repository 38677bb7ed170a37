import { diffArrays } from 'diff'
import { attributed, holding, type Mark, type Node } from './node.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What blocks are told apart by. */
export interface Likeness {
  /** How a block comes back when it is written and read: undefined of one that is not written. */
  readonly keyOf: (block: Node) => string | undefined
  readonly vocabulary: Vocabulary
}

/**
 * Blocks that came as text, where they are what is there already: those are taken as they are, with
 * all that text cannot say. What changed keeps the attributes and marks that text has no word for.
 */
export function matched(
  present: readonly Node[],
  wanted: readonly Node[],
  likeness: Likeness,
): readonly Node[] {
  const told = present.flatMap((block) => {
    const key = likeness.keyOf(block)
    return key === undefined ? [] : [{ block, key }]
  })
  const keys = wanted.map((block) => likeness.keyOf(block) ?? '')
  const result: Node[] = []
  let [at, next] = [0, 0]
  let gone: readonly Node[] = []
  /** What stands in the place of a block that was changed. */
  const became = new Map<Node, Node>()
  const changes = diffArrays(
    told.map(({ key }) => key),
    keys,
  )
  for (const { added, count, removed } of changes) {
    const old = told.slice(at, at + count).map(({ block }) => block)
    if (removed) {
      gone = old
      at += count
    } else if (added) {
      const fresh = wanted.slice(next, next + count)
      result.push(...paired(gone, fresh, likeness, became))
      gone = []
      next += count
    } else {
      result.push(...old)
      gone = []
      at += count
      next += count
    }
  }
  return withUntold(present, result, likeness, became)
}

/** Blocks without any text, such as an empty paragraph, stay behind the block that they follow. */
function withUntold(
  present: readonly Node[],
  result: readonly Node[],
  likeness: Likeness,
  became: ReadonlyMap<Node, Node>,
): readonly Node[] {
  const behind = new Map<Node | undefined, Node[]>()
  let last: Node | undefined
  for (const block of present) {
    if (likeness.keyOf(block) === undefined) behind.set(last, [...(behind.get(last) ?? []), block])
    else last = became.get(block) ?? block
  }
  if (behind.size === 0) return result
  return [undefined, ...result].flatMap((block) => [
    ...(block === undefined ? [] : [block]),
    ...(behind.get(block) ?? []),
  ])
}

/** What was changed where it stood: the k-th of a kind becomes the k-th of that kind. */
function paired(
  gone: readonly Node[],
  fresh: readonly Node[],
  likeness: Likeness,
  became: Map<Node, Node>,
): readonly Node[] {
  const left = [...gone]
  return fresh.map((block) => {
    const place = left.findIndex(({ type }) => type === block.type)
    if (place < 0) return block
    const [old] = left.splice(0, place + 1).slice(-1)
    if (old === undefined) return block
    const now = merged(old, block, likeness)
    became.set(old, now)
    return now
  })
}

function merged(old: Node, fresh: Node, likeness: Likeness): Node {
  const { vocabulary } = likeness
  const attrs = { ...vocabulary.unsaid(old), ...fresh.attrs }
  const [before, after] = [old.content ?? [], fresh.content ?? []]
  const isInline = [...before, ...after].some((node) => isPhrase(node, vocabulary))
  const content = isInline ? phrases(before, after, likeness) : matched(before, after, likeness)
  const { attrs: _, content: none, ...bare } = fresh
  return { ...bare, ...attributed(attrs), ...(none === undefined ? holding(content) : { content }) }
}

function isPhrase(node: Node, vocabulary: Vocabulary): boolean {
  const own = vocabulary.ownNode(node)
  return own?.isInline ?? ['text', 'hardBreak'].includes(vocabulary.meaningOf(node) ?? '')
}

interface Unit {
  readonly node: Node
  readonly text: string
  readonly marks: readonly Mark[]
}

/** Text that stays at both ends keeps the marks that have no word, such as a color. */
function phrases(
  before: readonly Node[],
  after: readonly Node[],
  likeness: Likeness,
): readonly Node[] {
  const [old, fresh] = [unitsOf(before), unitsOf(after)]
  const most = Math.min(old.length, fresh.length)
  let head = 0
  while (head < most && isSame(old[head], fresh[head])) head++
  let tail = 0
  while (tail < most - head && isSame(old.at(-1 - tail), fresh.at(-1 - tail))) tail++
  const units = fresh.map((unit, at) => {
    const from =
      at < head
        ? old[at]
        : at >= fresh.length - tail
          ? old[at - fresh.length + old.length]
          : undefined
    if (from === undefined) return unit
    // What stands within text, such as a picture, keeps what text says nothing of, as blocks do.
    if (unit.node.text === undefined) {
      return { ...unit, node: merged(from.node, unit.node, likeness) }
    }
    const kept = from.marks.filter((mark) => !likeness.vocabulary.saysMark(mark))
    return kept.length === 0 ? unit : { ...unit, marks: [...unit.marks, ...kept] }
  })
  return joined(units)
}

function isSame(one: Unit | undefined, other: Unit | undefined): boolean {
  return one?.text === other?.text && one?.node.type === other?.node.type
}

function unitsOf(nodes: readonly Node[]): readonly Unit[] {
  return nodes.flatMap((node): readonly Unit[] => {
    const { marks = [], text } = node
    if (text === undefined) return [{ node, text: '', marks }]
    return Array.from(text, (character) => ({ node, text: character, marks }))
  })
}

function joined(units: readonly Unit[]): readonly Node[] {
  const nodes: Node[] = []
  let last: { key: string; node: Node; text: string; marks: readonly Mark[] } | undefined
  const end = (): void => {
    if (last === undefined) return
    const { marks, node, text } = last
    const { marks: _, ...bare } = node
    nodes.push({ ...bare, text, ...(marks.length === 0 ? {} : { marks }) })
    last = undefined
  }
  for (const { marks, node, text } of units) {
    if (node.text === undefined) {
      end()
      nodes.push(node)
      continue
    }
    const key = JSON.stringify(marks)
    if (last?.key === key) last.text += text
    else {
      end()
      last = { key, node, text, marks }
    }
  }
  end()
  return nodes
}
