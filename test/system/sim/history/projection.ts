/** Which of the two states that a diff tells is looked at. */
export type Side = 'was' | 'now'

type Told = Readonly<Record<string, unknown>>

/**
 * What a diff of a root says of one of its states, without who did what. Of a type in which nothing
 * stands nobody can tell the kind, unless something stands in it on the other side: it is null.
 */
export function projected(diff: unknown, side: Side): unknown {
  const told = onSide(diff, side)
  const [only, ...more] = isTold(told) ? Object.values(told) : []
  const isEmpty = more.length === 0 && typeof only === 'object' && only !== null
  return isEmpty && Object.keys(only).length === 0 ? null : told
}

function onSide(diff: unknown, side: Side): unknown {
  if (!isTold(diff)) return plain(diff)
  if (Array.isArray(diff['spans'])) return { spans: pieces(diff['spans'], side) }
  if (Array.isArray(diff['blocks'])) return { blocks: pieces(diff['blocks'], side) }
  if (Array.isArray(diff['items'])) {
    const there = diff['items'].filter((item) => isThere(item, side))
    return { items: there.map((item) => projected(item['value'], side)) }
  }
  if (!isTold(diff['map'])) return plain(diff)
  const entries = Object.entries(diff['map']).flatMap(([key, value]) => {
    if (!isTold(value) || !isThere(value, side)) return []
    const held = side === 'was' && 'was' in value ? value['was'] : value['now']
    return [[key, projected(held, side)] as const]
  })
  return { map: Object.fromEntries(entries) }
}

function pieces(told: readonly unknown[], side: Side): readonly unknown[] {
  const found: Record<string, unknown>[] = []
  for (const piece of told) {
    if (!isTold(piece) || !isThere(piece, side)) continue
    const attributes = attributesOf(piece, side)
    const last = found.at(-1)
    if (Array.isArray(piece['children'])) {
      found.push({
        type: piece['type'],
        attributes,
        children: pieces(piece['children'], side),
      })
    } else if (typeof piece['text'] !== 'string') {
      found.push({ embed: projected(piece['embed'], side), attributes })
    } else if (
      typeof last?.['text'] === 'string' &&
      Bun.deepEquals(last['attributes'], attributes)
    ) {
      last['text'] += piece['text']
    } else found.push({ text: piece['text'], attributes })
  }
  // Halves of characters may come together only now.
  return found.map((one) =>
    typeof one['text'] === 'string' ? { ...one, text: plain(one['text']) } : one,
  )
}

/** A block says what changed of its attributes, a text all that it had. */
function attributesOf(piece: Told, side: Side): unknown {
  const { attributes = {}, was } = piece
  if (!isTold(attributes)) return {}
  const isBlock = Array.isArray(piece['children'])
  const all =
    side === 'was' && isTold(was) ? (isBlock ? { ...attributes, ...was } : was) : attributes
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => {
      const held = projected(value, side)
      return held === null || held === undefined ? [] : [[key, held]]
    }),
  )
}

function isThere(told: unknown, side: Side): told is Told {
  return isTold(told) && told['op'] !== (side === 'was' ? 'added' : 'removed')
}

/** Halves of surrogate pairs alike: when Yjs puts U+FFFD for them depends on the order. */
function plain(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll(/[\uD800-\uDFFF]/g, '\uFFFD') : value
}

function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
