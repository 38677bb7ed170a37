import type { MessageAuthor, StoredMessage } from '../../persistence/messages.ts'
import { isObject, readObject } from '../base/json.ts'
import type { Happening } from './room-log.ts'

/** Somebody in a room on another server, by that server's number. */
export interface Fellow {
  readonly number: number
  readonly by: MessageAuthor
  /** Whether it was sent away, and is to come back, there or on another server. */
  readonly isAway: boolean
}

/** What servers tell each other of a room. */
export type Word =
  /** Something was posted or changed, and is stored; undefined where the store has to be read. */
  | { readonly kind: 'done'; readonly act: number; readonly happening: Happening | undefined }
  /** Who is in the room there, as far as they are named, and how many they are. */
  | {
      readonly kind: 'here'
      readonly fellows: readonly Fellow[]
      readonly count: number
      /** Whether the others are asked who is there. */
      readonly asks: boolean
    }
  | { readonly kind: 'typing'; readonly number: number; readonly on: boolean }
  /** Somebody was sent away, and is to come back, there or on another server. */
  | { readonly kind: 'away'; readonly number: number }

/** Where what is said of rooms goes to the other servers. */
export interface OtherServers {
  say(room: string, message: { readonly kind: 'chat'; readonly text: string }): void
  /** How long this one waits before it answers a question to all. */
  readonly answerMs: number
}

/** Longer ones are not sent; the others read the store. */
const sentCharactersMax = 32 * 1_024

/** What is told of something that was done. */
export function doneWord(happening: Happening): Word {
  const { act, text } = happening.message
  return { kind: 'done', act, happening: text.length > sentCharactersMax ? undefined : happening }
}

/** A word as it goes over the bus. */
export function writeWord(word: Word): string {
  return JSON.stringify(word)
}

/** Reads what another server says; undefined for what none of this version says. */
export function readWord(text: string): Word | undefined {
  const given = readObject(text)
  switch (given?.['kind']) {
    case 'done': {
      const { act, happening } = given
      return isCount(act) ? { kind: 'done', act, happening: happeningOf(happening) } : undefined
    }
    case 'here': {
      const { asks, count, fellows } = given
      if (!isCount(count) || !Array.isArray(fellows)) return undefined
      return { kind: 'here', fellows: fellows.flatMap(fellowOf), count, asks: asks === true }
    }
    case 'typing': {
      const { number, on } = given
      return isCount(number) ? { kind: 'typing', number, on: on === true } : undefined
    }
    case 'away': {
      const { number } = given
      return isCount(number) ? { kind: 'away', number } : undefined
    }
    default:
      return undefined
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function fellowOf(value: unknown): readonly Fellow[] {
  if (!isObject(value)) return []
  const { by, isAway, number } = value
  return isCount(number) ? [{ number, by: authorOf(by), isAway: isAway === true }] : []
}

function authorOf(value: unknown): MessageAuthor {
  const { color, id, name } = isObject(value) ? value : {}
  return { id: wordOf(id), name: wordOf(name), color: wordOf(color) }
}

function happeningOf(value: unknown): Happening | undefined {
  if (!isObject(value)) return undefined
  const message = messageOf(value['message'])
  return message && { message, nonce: wordOf(value['nonce']) }
}

function messageOf(value: unknown): StoredMessage | undefined {
  if (!isObject(value)) return undefined
  const { act, at, by, deleted, edited, room, seq, text } = value
  if (typeof room !== 'string' || typeof text !== 'string') return undefined
  if (!isCount(seq) || !isCount(act) || !isCount(at)) return undefined
  return {
    room,
    seq,
    act,
    at,
    text,
    by: authorOf(by),
    ...(isCount(edited) ? { edited } : {}),
    ...(isCount(deleted) ? { deleted } : {}),
  }
}
