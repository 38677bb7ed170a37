import * as Y from 'yjs'
import type { Attribution } from './attribution.ts'
import type { BlockDiff, PieceDiff, RootDiff, SpanDiff, ValueDiff } from './diff-shape.ts'
import { type Op, stamped } from './diff-shape.ts'
import { keyOfMarks, type Marks, type SharedType, withMark } from '../fold/pieces.ts'
import { documentOf } from './restore.ts'
import { plainOf } from '../plain.ts'
import { type Fate, Sides } from './sides.ts'

/**
 * What became of each root between two states of a document, item by item.
 * @param old undefined of an empty document
 */
export function diffOf(
  old: Uint8Array | undefined,
  now: Uint8Array,
  attribution: Attribution,
): ReadonlyMap<string, RootDiff> {
  const states = old === undefined ? [now] : [old, now]
  const [after = emptyState, before] = states.map(snapshotOf).toReversed()
  // What was deleted since has its content in the earlier state alone, and the first one stays.
  const isBackwards = before !== undefined && extentOf(after) < extentOf(before)
  const document = documentOf(isBackwards ? states.toReversed() : states, false)
  const walk = new Walk(new Sides(before, after, attribution))
  const roots = [...document.share].flatMap(([name, root]) => {
    const diff = walk.root(root)
    return diff === undefined ? [] : [[name, diff] as const]
  })
  document.destroy()
  return new Map(roots)
}

const emptyState = Y.emptySnapshot

function snapshotOf(state: Uint8Array): Y.Snapshot {
  return Y.snapshot(documentOf([state]))
}

/** Grows with all that is written and deleted. */
function extentOf({ ds, sv }: Y.Snapshot): number {
  const written = [...sv.values()].reduce((sum, clock) => sum + clock, 0)
  const deleted = [...ds.clients.values()].flat().reduce((sum, { len }) => sum + len, 0)
  return written + deleted
}

class Walk {
  readonly #sides: Sides

  constructor(sides: Sides) {
    this.#sides = sides
  }

  /** Undefined of a root that has been empty all along. */
  root(type: SharedType): RootDiff | undefined {
    const contents = this.#fated(type).map(([item]) => item.content)
    const has = (...kinds: readonly (abstract new (...args: never) => unknown)[]): boolean =>
      contents.some((content) => kinds.some((kind) => content instanceof kind))
    if (has(Y.ContentString, Y.ContentFormat, Y.ContentEmbed)) return { spans: this.#spans(type) }
    if (contents.length === 0) {
      const map = this.#map(type)
      return Object.keys(map).length === 0 ? undefined : { map }
    }
    const types = contents.flatMap((content) =>
      content instanceof Y.ContentType ? [content.type] : [],
    )
    if (types.length === contents.length && types.every(isXmlNode)) {
      return { blocks: this.#children(type) }
    }
    return { items: this.#items(type) }
  }

  #spans(type: SharedType): readonly PieceDiff[] {
    const spans: PieceDiff[] = []
    let [was, marks]: [Marks, Marks] = [{}, {}]
    for (const [item, fates] of this.#fated(type)) {
      const { content } = item
      for (const fate of fates) {
        if (content instanceof Y.ContentFormat) {
          if (fate.isOld) was = withMark(was, content.key, content.value)
          if (fate.isNew) marks = withMark(marks, content.key, content.value)
        } else if (content instanceof Y.ContentString) {
          const text = content.str.slice(fate.from, fate.from + fate.length)
          addSpan(spans, { ...told(fate, was, marks), text })
        } else if (content instanceof Y.ContentType) {
          spans.push(this.#block(content.type, fate))
        } else {
          const embed: unknown = content.getContent()[fate.from]
          spans.push({ ...told(fate, was, marks), embed: plainOf(embed) })
        }
      }
    }
    return spans
  }

  #children(type: SharedType): readonly PieceDiff[] {
    const children: PieceDiff[] = []
    for (const [{ content }, fates] of this.#fated(type)) {
      for (const fate of fates) {
        if (!(content instanceof Y.ContentType)) continue
        if (content.type instanceof Y.XmlText) children.push(...this.#spans(content.type))
        else children.push(this.#block(content.type, fate))
      }
    }
    return children
  }

  #block(type: SharedType, fate: Fate): BlockDiff {
    const children = type instanceof Y.Text ? this.#spans(type) : this.#children(type)
    const attributes: Record<string, unknown> = {}
    const was: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(this.#map(type))) {
      if (fate.isNew && 'now' in value) attributes[key] = value.now
      if (!fate.isNew && 'was' in value) attributes[key] = value.was
      if (fate.isOld && fate.isNew && value.op !== 'same') was[key] = value.was ?? null
    }
    const isChanged = Object.keys(was).length > 0 || children.some(({ op }) => op !== 'same')
    const own = opOf(fate)
    return {
      op: own === 'same' && isChanged ? 'changed' : own,
      type: nameOf(type),
      attributes,
      ...(Object.keys(was).length === 0 ? {} : { was }),
      children,
      ...stamped(fate),
    }
  }

  #map(type: SharedType): Readonly<Record<string, ValueDiff>> {
    const entries: (readonly [string, ValueDiff])[] = []
    // oxlint-disable-next-line no-underscore-dangle -- there is no other way to the items
    for (const [key, newest] of type._map) {
      const versions: (readonly [Y.Item, Fate])[] = []
      for (let item: Y.Item | null = newest; item !== null; item = item.left) {
        const fate = this.#sides.fatesOf(item).at(-1)
        if (fate !== undefined) versions.push([item, fate])
      }
      const old = versions.find(([, { isOld }]) => isOld)
      const now = versions.find(([, { isNew }]) => isNew)
      if (old !== undefined || now !== undefined) entries.push([key, this.#entry(old, now)])
    }
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  #entry(
    old: readonly [Y.Item, Fate] | undefined,
    now: readonly [Y.Item, Fate] | undefined,
  ): ValueDiff {
    const [item, fate] = now ?? old ?? []
    if (item === undefined || fate === undefined) return { op: 'same' }
    const { content } = item
    if (old?.[0] === now?.[0] && content instanceof Y.ContentType) {
      const inner = this.root(content.type)
      const op = inner === undefined || isSame(inner) ? 'same' : 'changed'
      return { op, now: inner ?? null, ...stamped(fate) }
    }
    if (old?.[0] === now?.[0]) return { op: 'same', now: this.#value(item) }
    const op = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
    return {
      op,
      ...(old === undefined ? {} : { was: this.#value(old[0]) }),
      ...(now === undefined ? {} : { now: this.#value(now[0]) }),
      ...stamped(fate),
    }
  }

  #value({ content }: Y.Item): unknown {
    if (content instanceof Y.ContentType) return this.root(content.type) ?? null
    return plainOf(content.getContent().at(-1))
  }

  #items(type: SharedType) {
    return this.#fated(type).flatMap(([{ content }, fates]) =>
      fates.flatMap((fate) =>
        content
          .getContent()
          .slice(fate.from, fate.from + fate.length)
          .map((value: unknown) => {
            const inner = value instanceof Y.AbstractType ? this.root(value) : undefined
            const own = opOf(fate)
            const op: Op = own === 'same' && inner && !isSame(inner) ? 'changed' : own
            return { op, value: inner ?? plainOf(value), ...stamped(fate) }
          }),
      ),
    )
  }

  /** The items of a list that are in either state. */
  #fated(type: SharedType): readonly (readonly [Y.Item, readonly Fate[]])[] {
    const fated: (readonly [Y.Item, readonly Fate[]])[] = []
    // oxlint-disable-next-line no-underscore-dangle -- there is no other way to the items
    for (let item = type._start; item !== null; item = item.right) {
      // What was gone in both states has left nothing but its place.
      if (item.content instanceof Y.ContentDeleted) continue
      const fates = this.#sides.fatesOf(item)
      if (fates.length > 0) fated.push([item, fates])
    }
    return fated
  }
}

function opOf({ isNew, isOld }: Fate): Op {
  if (isOld && isNew) return 'same'
  return isNew ? 'added' : 'removed'
}

function told(fate: Fate, was: Marks, marks: Marks): Omit<SpanDiff, 'text'> {
  const own = opOf(fate)
  const isChanged = own === 'same' && keyOfMarks(was) !== keyOfMarks(marks)
  const attributes = own === 'removed' ? was : marks
  return {
    op: isChanged ? 'changed' : own,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    ...(isChanged ? { was } : {}),
    ...stamped(fate),
  }
}

function addSpan(spans: PieceDiff[], span: SpanDiff & { readonly text: string }): void {
  const last = spans.at(-1)
  if (last !== undefined && 'text' in last && last.text !== undefined) {
    const { text, ...rest } = last
    const { text: more, ...own } = span
    if (JSON.stringify(rest) === JSON.stringify(own)) {
      spans[spans.length - 1] = { ...span, text: text + more }
      return
    }
  }
  spans.push(span)
}

function isSame(diff: RootDiff): boolean {
  if ('map' in diff) return Object.values(diff.map).every(({ op }) => op === 'same')
  const parts = 'spans' in diff ? diff.spans : 'blocks' in diff ? diff.blocks : diff.items
  return parts.every(({ op }) => op === 'same')
}

function isXmlNode(type: SharedType): boolean {
  return type instanceof Y.XmlElement || type instanceof Y.XmlText || type instanceof Y.XmlHook
}

function nameOf(type: SharedType): string {
  if (type instanceof Y.XmlElement) return type.nodeName
  return type instanceof Y.XmlHook ? type.hookName : 'text'
}
