import { length } from 'lib0/encoding'
import * as Y from 'yjs'

/** What a root or a client takes. */
export interface Share {
  readonly name: string
  /** What kind of shared type it is, where it is one. */
  readonly kind: string
  items: number
  deleted: number
  bytes: number
}

/** What a document takes, and whose it is. */
export interface Sizes {
  /** As it is stored. */
  readonly bytes: number
  readonly structs: number
  /** Entries of the state vector. */
  readonly clients: number
  readonly deleteRanges: number
  /** Whether some wait for what has not come. */
  readonly isWaiting: boolean
  readonly roots: readonly Share[]
  readonly byClient: readonly Share[]
}

/** Under which name a shared type keeps the item that it is in; a root has none. */
const ownItem = '_item'

/** What was deleted and cleared away says no more where it was. */
const cleared = '(cleared away)'

/** Measures a document: each struct is written as it is stored. */
export function sizesOf(doc: Y.Doc): Sizes {
  const roots = new Map<string, Share>()
  for (const [name, type] of doc.share) roots.set(name, shareOf(name, kindOf(type)))
  const byClient = new Map<string, Share>()
  const encoder = new Y.UpdateEncoderV1()
  let structs = 0
  for (const [client, list] of doc.store.clients) {
    const own = shareOf(`${client}`, client === doc.clientID ? 'you' : '')
    byClient.set(own.name, own)
    for (const struct of list) {
      const before = length(encoder.restEncoder)
      struct.write(encoder, 0)
      const bytes = length(encoder.restEncoder) - before
      const name = struct instanceof Y.Item ? rootOf(struct, doc) : cleared
      const root = roots.get(name) ?? shareOf(name, '')
      roots.set(name, root)
      for (const share of [own, root]) {
        share.items++
        share.bytes += bytes
        if (struct.deleted) share.deleted++
      }
      structs++
    }
  }
  const update = Y.encodeStateAsUpdate(doc)
  const { ds } = Y.decodeUpdate(update)
  return {
    bytes: update.length,
    structs,
    clients: doc.store.clients.size,
    deleteRanges: [...ds.clients.values()].reduce((sum, ranges) => sum + ranges.length, 0),
    isWaiting: doc.store.pendingStructs !== null || doc.store.pendingDs !== null,
    roots: bySize(roots),
    byClient: bySize(byClient),
  }
}

/** The root types that the structs at those places are in. */
export function rootsAt(
  ids: readonly (readonly [number, number])[],
  doc: Y.Doc,
): readonly string[] {
  const names = ids.flatMap(([client, clock]) => {
    const isThere = clock < Y.getState(doc.store, client)
    const struct = isThere ? Y.getItem(doc.store, Y.createID(client, clock)) : undefined
    return struct instanceof Y.Item ? [rootOf(struct, doc)] : []
  })
  return [...new Set(names)]
}

function rootOf({ parent }: Y.Item, doc: Y.Doc): string {
  let type = parent
  while (type instanceof Y.AbstractType && type[ownItem] !== null) type = type[ownItem].parent
  if (!(type instanceof Y.AbstractType)) return cleared
  for (const [name, root] of doc.share) if (root === type) return name
  return cleared
}

function kindOf(type: unknown): string {
  const kinds = { map: Y.Map, array: Y.Array, text: Y.Text, xml: Y.XmlFragment }
  for (const [kind, Type] of Object.entries(kinds)) if (type instanceof Type) return kind
  return 'not used here'
}

function shareOf(name: string, kind: string): Share {
  return { name, kind, items: 0, deleted: 0, bytes: 0 }
}

function bySize(shares: ReadonlyMap<string, Share>): readonly Share[] {
  return [...shares.values()].toSorted((a, b) => b.bytes - a.bytes)
}
