import { createDecoder, readVarString, readVarUint } from 'lib0/decoding'
import type { Call } from './trace.ts'
import { type LogHistory, readLog } from './write-ahead-log.ts'

/** A client whose edits carry tokens: its first frame the first one, and so on. */
export interface Author {
  /** The request target of its upgrade, as it is unique in the trace. */
  readonly target: string
  readonly tokens: readonly string[]
  /** How many frames the server's message confirms, given how many it has confirmed before. */
  readonly confirmed: (message: Uint8Array, before: number) => number | undefined
}

/** What the trace shows. */
export interface Order {
  readonly log: LogHistory
  /** Receipts that left, over all authors. */
  readonly receipts: number
  /** Edits that they cover. */
  readonly edits: number
  readonly faults: readonly string[]
}

/** Message 110 with the number of frames on disk. */
export function yWebsocketReceipt(message: Uint8Array): number | undefined {
  const decoder = createDecoder(message)
  return readVarUint(decoder) === 110 ? readVarUint(decoder) : undefined
}

/** SyncStatus 1, one for each. */
export function hocuspocusReceipt(message: Uint8Array, before: number): number | undefined {
  if (message.length === 1) return undefined
  const decoder = createDecoder(message)
  readVarString(decoder)
  return readVarUint(decoder) === 8 && readVarUint(decoder) === 1 ? before + 1 : undefined
}

/**
 * Holds every receipt that left against the sync that covers its edits: that must have returned
 * before the call that sends the receipt begins.
 */
export function checkOrder(
  calls: readonly Call[],
  database: string,
  authors: readonly Author[],
): Order {
  const log = readLog(calls, database)
  const faults = [...log.faults]
  let receipts = 0
  let edits = 0
  for (const author of authors) {
    const safe = safeLines(log, author.tokens)
    let confirmed = 0
    for (const { bytes, enter } of messagesTo(calls, author.target)) {
      const count = author.confirmed(bytes, confirmed)
      if (count === undefined) continue
      if (count > author.tokens.length) throw new Error(`${count} confirmed, but not made`)
      if (count > 0) receipts++
      for (const [at, token] of author.tokens.slice(confirmed, count).entries()) {
        const line = safe[confirmed + at] ?? Infinity
        if (line > enter) faults.push(`line ${enter}: ${token} is called saved, ${whenSafe(line)}`)
      }
      edits += Math.max(0, count - confirmed)
      confirmed = Math.max(confirmed, count)
    }
  }
  return { log, receipts, edits, faults }
}

function whenSafe(line: number): string {
  return line === Infinity ? 'and no sync follows' : `and synced by line ${line}`
}

/** For each token the line at which the first commit that holds it is synced. */
function safeLines({ commits }: LogHistory, tokens: readonly string[]): readonly number[] {
  const lines = new Map<string, number>()
  for (const { pages, synced } of commits) {
    const text = pages.map((page) => Buffer.from(page).toString('latin1')).join('|')
    for (const [token] of text.matchAll(/<\w+-\d+>/g)) {
      if (!lines.has(token)) lines.set(token, synced)
    }
  }
  return tokens.map((token) => lines.get(token) ?? Infinity)
}

interface Message {
  readonly bytes: Uint8Array
  /** Line at which the call began that sent its first byte. */
  readonly enter: number
}

/** The WebSocket messages that the server sent to the client that asked for that target. */
function messagesTo(calls: readonly Call[], target: string): readonly Message[] {
  const asked = `GET ${target} HTTP/1.1\r\n`
  const request = calls.find(
    ({ bytes, name }) =>
      name === 'recvfrom' && Buffer.from(bytes).toString('latin1').startsWith(asked),
  )
  if (request === undefined) throw new Error(`nobody asked for ${target}`)
  const sent = calls.filter(
    ({ file, name, result }) => file === request.file && /^(?:send|write)/.test(name) && result > 0,
  )
  const stream = Buffer.concat(sent.map(({ bytes }) => bytes))
  const starts: number[] = []
  let total = 0
  for (const { bytes } of sent) {
    starts.push(total)
    total += bytes.length
  }
  const enterAt = (place: number): number =>
    sent[starts.findLastIndex((start) => start <= place)]?.enter ?? Infinity
  const messages: Message[] = []
  let at = stream.indexOf('\r\n\r\n') + 4
  while (at < stream.length) {
    const { opcode, from, to } = frameAt(stream, at)
    if (to > stream.length) throw new Error('the last frame did not leave whole')
    if (opcode === binary) messages.push({ bytes: stream.subarray(from, to), enter: enterAt(at) })
    at = to
  }
  return messages
}

const binary = 2

/** The frame of RFC 6455 that begins there, as servers send it: whole and without a mask. */
function frameAt(stream: Buffer, at: number): { opcode: number; from: number; to: number } {
  const first = stream[at] ?? 0
  const second = stream[at + 1] ?? 0
  if ((first & 0xf0) !== 0x80 || second > 127) throw new Error(`no frame begins at byte ${at}`)
  const opcode = first & 15
  if (second < 126) return { opcode, from: at + 2, to: at + 2 + second }
  if (second === 126) return { opcode, from: at + 4, to: at + 4 + stream.readUInt16BE(at + 2) }
  return { opcode, from: at + 10, to: at + 10 + Number(stream.readBigUInt64BE(at + 2)) }
}
