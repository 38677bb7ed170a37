import * as Y from 'yjs'

/** Chance from a seed (mulberry32), so that a failure can be run again. */
export class Dice {
  readonly seed: number
  #state: number

  constructor(seed: number) {
    this.seed = seed
    this.#state = seed
  }

  /** A whole number from 0 to below `sides`. */
  roll(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * sides)
  }

  pick<T>(from: readonly T[]): T {
    const at = this.roll(from.length)
    for (const picked of from.slice(at, at + 1)) return picked
    throw new RangeError('nothing to pick from')
  }
}

/** Whether text has formatting and embeds. */
export type TextStyle = 'rich' | 'plain'

/** What several clients did, and the updates that their documents gave. */
export interface History {
  readonly docs: readonly Y.Doc[]
  /** In the order in which they came into being. */
  readonly updates: readonly Uint8Array[]
}

const words = [
  'a',
  'b ',
  'ü',
  '日本',
  '😀',
  'x😀y',
  '\uFEFF',
  'long enough to be cut in two',
  '"\\',
]
const values = [
  null,
  undefined,
  true,
  false,
  0,
  -1,
  63,
  64,
  2 ** 31,
  -(2 ** 40),
  0.5,
  Math.PI,
  'text',
  '😀',
  '',
  10n,
  -(2n ** 60n),
  [1, [2, []]],
  { a: { b: [null] }, ü: 1n },
  new Uint8Array([1, 2, 3]),
  NaN,
]

/** Edits all shared types in several documents that hear of each other late, twice or not. */
export function makeHistory(dice: Dice, edits: number, style: TextStyle = 'rich'): History {
  const clients = 3
  const updates: Uint8Array[] = []
  const docs: Y.Doc[] = []
  for (let i = 0; i < clients; i++) {
    const doc = new Y.Doc({ gc: dice.roll(4) > 0 })
    // Client ids of Yjs 14 have up to 53 bits.
    doc.clientID = i === 0 ? 2 ** 52 + dice.roll(1000) : 1 + i * 1000 + dice.roll(1000)
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'heard') updates.push(update)
    })
    docs.push(doc)
  }
  for (let i = 0; i < edits; i++) {
    const doc = dice.pick(docs)
    const count = 1 + dice.roll(3)
    doc.transact(() => {
      for (let j = 0; j < count; j++) editOnce(doc, dice, style)
    })
    if (dice.roll(3) === 0) hear(dice.pick(docs), updates, dice)
  }
  return { docs, updates }
}

function hear(doc: Y.Doc, updates: readonly Uint8Array[], dice: Dice): void {
  const first = dice.roll(updates.length)
  const count = dice.roll(8)
  for (const update of updates.slice(first, first + count)) Y.applyUpdate(doc, update, 'heard')
}

/** Gives all updates to all documents. */
export function settle({ docs, updates }: History): void {
  for (const doc of docs) for (const update of updates) Y.applyUpdate(doc, update, 'heard')
}

function editOnce(doc: Y.Doc, dice: Dice, style: TextStyle): void {
  switch (dice.roll(5)) {
    case 0:
      return editArray(doc.getArray('array'), dice)
    case 1:
      return editMap(doc.getMap('map'), dice, style)
    case 2:
      return editXml(doc.getXmlFragment('xml'), dice, style)
    default:
      return editText(doc.getText('text'), dice, style)
  }
}

function editText(text: Y.Text, dice: Dice, style: TextStyle): void {
  const at = dice.roll(text.length + 1)
  const left = text.length - at
  switch (dice.roll(style === 'rich' ? 6 : 2)) {
    case 0:
      return text.delete(at, dice.roll(Math.min(left, 9) + 1))
    case 2:
      return text.format(at, dice.roll(Math.min(left, 9) + 1), {
        [dice.pick(['bold', 'link'])]: dice.pick([true, null, { href: 'x', n: [1, 2e9, -0.5] }]),
      })
    case 3:
      return text.insertEmbed(at, dice.pick([{ image: 'a.png' }, { x: [1, { y: null }] }]))
    default:
      return text.insert(at, dice.pick(words))
  }
}

function editArray(array: Y.Array<unknown>, dice: Dice): void {
  const at = dice.roll(array.length + 1)
  if (dice.roll(4) === 0) array.delete(at, dice.roll(Math.min(array.length - at, 4) + 1))
  else {
    const added = Array.from({ length: 1 + dice.roll(4) }, () => makeElement(dice))
    array.insert(at, added)
  }
}

function editMap(map: Y.Map<unknown>, dice: Dice, style: TextStyle): void {
  const key = dice.pick(['a', 'b', 'c', '日', ''])
  const inner = map.get(key)
  if (inner instanceof Y.Map && dice.roll(2) === 0) return editMap(inner, dice, style)
  if (inner instanceof Y.Text) return editText(inner, dice, style)
  if (dice.roll(5) === 0) map.delete(key)
  else map.set(key, makeValue(dice))
}

/** Arrays take what maps take, but for these two. */
function makeElement(dice: Dice): unknown {
  const value = makeValue(dice)
  return value === undefined || typeof value === 'bigint' ? [value] : value
}

function makeValue(dice: Dice): unknown {
  switch (dice.roll(10)) {
    case 0:
      return new Y.Map([['x', 1]])
    case 1:
      return new Y.Text('inner')
    case 2:
      return new Y.Doc({ guid: `sub-${dice.roll(100)}`, ...dice.pick([{}, { meta: { a: [1] } }]) })
    case 3:
      return new Y.Array()
    case 4:
      return new Y.XmlHook('hook')
    default:
      return dice.pick(values)
  }
}

function editXml(fragment: Y.XmlFragment, dice: Dice, style: TextStyle): void {
  const at = dice.roll(fragment.length + 1)
  const child = at < fragment.length ? fragment.get(at) : undefined
  if (child instanceof Y.XmlText) return editText(child, dice, style)
  if (child instanceof Y.XmlElement && dice.roll(2) === 0) {
    child.setAttribute(dice.pick(['id', 'class']), dice.pick(words))
    return editXml(child, dice, style)
  }
  if (dice.roll(5) === 0 && at < fragment.length) return fragment.delete(at, 1)
  const name = dice.pick(['p', 'h1'])
  fragment.insert(at, [dice.roll(2) === 0 ? new Y.XmlText('t') : new Y.XmlElement(name)])
}

/**
 * A document with all of these updates applied, in one transaction: between transactions
 * Yjs cleans formatting up, by what is there so far.
 */
export function loaded(updates: readonly Uint8Array[], base?: Uint8Array): Y.Doc {
  const doc = new Y.Doc({ gc: false })
  if (base !== undefined) Y.applyUpdate(doc, base)
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update)
  })
  return doc
}

/** All that two documents must have in common to count as the same. */
export function describeDoc(doc: Y.Doc): unknown {
  for (const name of ['array', 'map', 'text', 'xml']) doc.get(name)
  return {
    array: plain(doc.getArray('array').toJSON()),
    map: plain(doc.getMap('map').toJSON()),
    text: plain(doc.getText('text').toDelta()),
    xml: plain(doc.getXmlFragment('xml').toJSON()),
    clocks: [...Y.decodeStateVector(Y.encodeStateVector(doc))].toSorted((a, b) => a[0] - b[0]),
    deletes: deletesOf(doc),
    waits: waitsOf(doc),
  }
}

/**
 * The value with subdocuments as what the wire tells of them, and halves of surrogate pairs
 * made alike: when Yjs puts U+FFFD for them depends on the order of updates.
 */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/[\uD800-\uDFFF]/g, '\uFFFD')
  if (value instanceof Y.Doc) return { guid: value.guid, meta: value.meta }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

/** Deleted clocks, applied or still waiting for their structs. */
function deletesOf(doc: Y.Doc): unknown {
  const { ds } = Y.decodeUpdate(Y.encodeStateAsUpdate(doc))
  return [...ds.clients].toSorted((a, b) => a[0] - b[0])
}

function waitsOf(doc: Y.Doc): unknown {
  const missing = doc.store.pendingStructs?.missing
  return missing === undefined ? [] : [...missing.keys()].toSorted((a, b) => a - b)
}

/** A copy in another order: shuffled within a window, some twice, some left out. */
export function disorder(
  updates: readonly Uint8Array[],
  dice: Dice,
  isLossy: boolean,
): readonly Uint8Array[] {
  const sent = updates.flatMap((update) => {
    if (isLossy && dice.roll(8) === 0) return []
    return dice.roll(6) === 0 ? [update, update] : [update]
  })
  for (let i = 0; i < sent.length; i++) {
    const other = Math.min(sent.length - 1, i + dice.roll(6))
    const [left, right] = [sent[i], sent[other]]
    if (left === undefined || right === undefined) continue
    sent[i] = right
    sent[other] = left
  }
  return sent
}
