/** Where a document's log stands. */
interface Place {
  readonly number: number
  readonly tag: number
}

/** What one server has stored of a document. */
export interface RowMessage {
  readonly kind: 'row'
  readonly epoch: number
  readonly position: Place
  /** Where the log stood before. */
  readonly previous: Place
  /** Undefined where they are too large to be sent: the store has them. */
  readonly updates: readonly Uint8Array[] | undefined
}

export type Claim = 'came' | 'here'

/** Presence of a server's own sessions that belong to one person. */
export interface PresenceMessage {
  readonly kind: 'presence'
  /** Who they are for sure; undefined where nobody says. */
  readonly id: string | undefined
  /**
   * Why it is theirs: their client has just `came`, or is `here` still, as is said again where that
   * may have been missed. Undefined where it is news.
   */
  readonly claim: Claim | undefined
  /** As the protocol has it. */
  readonly update: Uint8Array
}

/** What servers tell each other; one way to write each, read whole or not at all. */
export type Message =
  | RowMessage
  | PresenceMessage
  /** A server has opened the document: who is here? */
  | { readonly kind: 'hello' }
  | { readonly kind: 'stateless'; readonly text: string }
  /** Of the room beside the document, in words of `src/chat/`. */
  | { readonly kind: 'chat'; readonly text: string }
  /** Something has become of the document that its rows do not tell; the store does. */
  | { readonly kind: 'look' }
  /** To all: that it lives. */
  | { readonly kind: 'beat' }
  /** To all: that it lives, and that its store answers. */
  | { readonly kind: 'well' }
  /** To all: that its clients go elsewhere. */
  | { readonly kind: 'leaving' }
  | RevokedMessage

/** To all: that access was taken back, and from whom. */
export interface RevokedMessage {
  readonly kind: 'revoked'
  readonly document?: string | undefined
  readonly id?: string | undefined
  /** When that was said, in milliseconds since 1970; undefined from servers of before. */
  readonly at?: number | undefined
}

/** A message, and the server that says it. */
export interface Said {
  readonly server: string
  /** Undefined where it is of a kind that this server does not know. */
  readonly message: Message | undefined
}

const version = 1
const kinds = [
  'row',
  'presence',
  'hello',
  'stateless',
  'beat',
  'leaving',
  'revoked',
  'chat',
  'well',
  'look',
] as const
/** Version, kind, id of the server. */
const headBytes = 10
const serverBytes = 8
/** Epoch, then number and tag of the row and of the one before, and whether updates follow. */
const rowBytes = 4 + 4 * 8 + 1
const utf8 = new TextDecoder()

/** The id of a server, made anew at each start: 16 hexadecimal digits out of a name of chance. */
export function serverIdOf(name: string): string {
  const digest = new Bun.CryptoHasher('sha256').update(name).digest()
  return digest.toString('hex', 0, serverBytes)
}

/** A message as it goes over the bus. */
export function encodeMessage(server: string, message: Message): Uint8Array {
  const head = Buffer.alloc(headBytes)
  head[0] = version
  head[1] = kinds.indexOf(message.kind) + 1
  head.write(server, 2, 'hex')
  return Buffer.concat([head, ...bodyOf(message)])
}

function bodyOf(message: Message): readonly Uint8Array[] {
  switch (message.kind) {
    case 'row':
      return rowBody(message)
    case 'presence': {
      const { claim, id, update } = message
      const who = Buffer.from(id ?? '')
      const head = Buffer.alloc(3)
      head[0] = claimFlag(claim) + (id === undefined ? 0 : 2)
      head.writeUInt16LE(who.length, 1)
      return [head, who, update]
    }
    case 'stateless':
    case 'chat':
      return [Buffer.from(message.text)]
    case 'revoked': {
      const { at, document, id } = message
      return [Buffer.from(JSON.stringify({ at, document, id }))]
    }
    case 'hello':
    case 'look':
    case 'beat':
    case 'well':
    case 'leaving':
      return []
  }
}

function claimFlag(claim: Claim | undefined): number {
  if (claim === undefined) return 0
  return claim === 'came' ? 1 : 4
}

function claimOf(flags: number): Claim | undefined {
  if ((flags & 1) !== 0) return 'came'
  return (flags & 4) === 0 ? undefined : 'here'
}

function rowBody({ epoch, position, previous, updates }: RowMessage): readonly Uint8Array[] {
  const head = Buffer.alloc(rowBytes)
  head.writeUInt32LE(epoch, 0)
  const places = [position.number, position.tag, previous.number, previous.tag]
  for (const [index, place] of places.entries()) {
    head.writeBigUInt64LE(BigInt(place), 4 + index * 8)
  }
  head[rowBytes - 1] = updates === undefined ? 0 : 1
  const parts: Uint8Array[] = [head]
  for (const update of updates ?? []) {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(update.length, 0)
    parts.push(length, update)
  }
  return parts
}

/**
 * Reads what came over the bus. Bytes of updates are copies, as the bus only lends its own.
 * @returns undefined for what no server of this version or a later one says
 */
export function decodeMessage(given: Uint8Array): Said | undefined {
  const bytes = Buffer.from(given)
  if (bytes.length < headBytes) return undefined
  const server = bytes.toString('hex', 2, headBytes)
  const kind = bytes[0] === version ? kinds[(bytes[1] ?? 0) - 1] : undefined
  const body = bytes.subarray(headBytes)
  return { server, message: kind === undefined ? undefined : readBody(kind, body) }
}

function readBody(kind: Message['kind'], body: Buffer): Message | undefined {
  switch (kind) {
    case 'row':
      return readRow(body)
    case 'presence': {
      if (body.length < 3) return undefined
      const flags = body[0] ?? 0
      const end = 3 + body.readUInt16LE(1)
      if (end > body.length) return undefined
      const id = (flags & 2) === 0 ? undefined : utf8.decode(body.subarray(3, end))
      return { kind, id, claim: claimOf(flags), update: body.subarray(end) }
    }
    case 'stateless':
    case 'chat':
      return { kind, text: utf8.decode(body) }
    case 'revoked':
      return readRevoked(body)
    case 'hello':
    case 'look':
    case 'beat':
    case 'well':
    case 'leaving':
      return { kind }
  }
}

function readRow(body: Buffer): RowMessage | undefined {
  if (body.length < rowBytes) return undefined
  const place = (at: number): Place => ({
    number: Number(body.readBigUInt64LE(at)),
    tag: Number(body.readBigUInt64LE(at + 8)),
  })
  const row = { kind: 'row', epoch: body.readUInt32LE(0) } as const
  const places = { position: place(4), previous: place(20) }
  if (body[rowBytes - 1] === 0) return { ...row, ...places, updates: undefined }
  const updates: Uint8Array[] = []
  for (let at = rowBytes; at < body.length;) {
    const start = at + 4
    const end = start > body.length ? Infinity : start + body.readUInt32LE(at)
    if (end > body.length) return undefined
    updates.push(body.subarray(start, end))
    at = end
  }
  return { ...row, ...places, updates }
}

function readRevoked(body: Buffer): Message | undefined {
  try {
    const told: unknown = JSON.parse(utf8.decode(body))
    if (typeof told !== 'object' || told === null) return undefined
    const document = 'document' in told ? told.document : undefined
    const id = 'id' in told ? told.id : undefined
    const at = 'at' in told ? told.at : undefined
    return {
      kind: 'revoked',
      ...(typeof document === 'string' ? { document } : {}),
      ...(typeof id === 'string' ? { id } : {}),
      ...(typeof at === 'number' ? { at } : {}),
    }
  } catch {
    return undefined
  }
}
