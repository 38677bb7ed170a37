import { clone, readVarString } from 'lib0/decoding'
import type { MessageHandler } from './provider.ts'

export type { MessageHandler }

/** ytopic's own message of what was granted, for connections that ask. */
const messageGranted = 112

/** From least to most; each with all that stands before it. */
const levels = ['read', 'comment', 'write', 'admin'] as const

/** What the server lets a client do with a document, and who others see it as. */
export interface Granted {
  readonly access: (typeof levels)[number]
  /**
   * Who the server says the person is: others see nothing else of these, though it be empty.
   * Undefined where they see the client's own word.
   */
  readonly user: GrantedUser | undefined
  /**
   * Names the life of the document: one that was purged and made anew, or is on a server that has
   * begun anew, has another. What a client has kept of another life must not be merged into it.
   */
  readonly incarnation: string | undefined
}

/** What the server may say of a person. */
export interface GrantedUser {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly color?: string | undefined
}

/**
 * Tells what the server grants a `WebsocketProvider` of `y-websocket` 3: before anything else on
 * each connection, and whenever it changes. Call it in the turn in which the provider is made.
 * Several may listen.
 * @param provider one with `params: { grant: '1' }`
 */
export function onGranted(
  provider: { readonly messageHandlers: MessageHandler[] },
  listener: (granted: Granted) => void,
): void {
  const earlier = provider.messageHandlers[messageGranted]
  provider.messageHandlers[messageGranted] = (encoder, decoder, ...rest) => {
    earlier?.(encoder, clone(decoder), ...rest)
    const granted = parseGranted(readVarString(decoder))
    const [, fromSocket] = rest
    if (fromSocket && granted !== undefined) listener(granted)
  }
}

/**
 * Reads what the server grants out of a message, as the Hocuspocus client gets it in `onStateless`
 * over a socket whose URL ends with `?grant=1`; undefined for any other message.
 */
export function parseGranted(text: string): Granted | undefined {
  const said = parse(text)
  if (!isRecord(said) || said['type'] !== 'granted') return undefined
  const access = levels.find((level) => level === said['access'])
  if (access === undefined) return undefined
  const incarnation = typeof said['incarnation'] === 'string' ? said['incarnation'] : undefined
  const { user } = said
  if (!isRecord(user)) return { access, user: undefined, incarnation }
  const texts = Object.entries(user).filter(([, value]) => typeof value === 'string')
  return { access, user: Object.fromEntries(texts), incarnation }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
