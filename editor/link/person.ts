import { uuidv4 } from 'lib0/random'

/** Who somebody is for the others: what their caret and their name tag show. */
export interface Person {
  readonly name: string
  /** Six hex digits, dark enough for white text. */
  readonly color: string
}

const adjectives = [
  'Amber',
  'Brisk',
  'Calm',
  'Clever',
  'Curious',
  'Gentle',
  'Jolly',
  'Keen',
  'Lively',
  'Lucky',
  'Mellow',
  'Nimble',
  'Patient',
  'Quick',
  'Quiet',
  'Sunny',
  'Swift',
  'Witty',
]
const animals = [
  'Badger',
  'Crane',
  'Falcon',
  'Finch',
  'Fox',
  'Gecko',
  'Hare',
  'Heron',
  'Ibis',
  'Koala',
  'Lynx',
  'Marten',
  'Otter',
  'Owl',
  'Panda',
  'Puffin',
  'Raven',
  'Wren',
]
const longestName = 40
const nobody: Person = { name: 'Somebody', color: '#5b6472' }

function pick(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] ?? ''
}

function channel(value: number): number {
  const part = value / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}

function parts(color: string): readonly [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

function luminance(color: string): number {
  const [red, green, blue] = parts(color)
  return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
}

function hex(channels: readonly number[]): string {
  return `#${channels.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

/** Darkens a color of six hex digits until white text on it has a contrast of 4.5 to 1. */
export function readableColor(color: string): string {
  let readable = color
  while (luminance(readable) > 0.183) readable = hex(parts(readable).map((part) => part * 0.95))
  return readable
}

/** Black or white, whichever can be read on a color of six hex digits or as browsers compute it. */
export function inkOn(color: string): string {
  if (color.startsWith('#')) return luminance(color) > 0.183 ? '#000000' : '#ffffff'
  const channels = (color.match(/\d+/g) ?? []).slice(0, 3).map(Number)
  return luminance(hex(channels)) > 0.183 ? '#000000' : '#ffffff'
}

/** @param hue in degrees */
function colorAt(hue: number): string {
  // HSL to RGB for a saturation of 0.75 and a lightness of 0.5
  const shade = (offset: number): number => {
    const at = (offset + hue / 30) % 12
    return 255 * (0.5 - 0.375 * Math.max(-1, Math.min(at - 3, 9 - at, 1)))
  }
  return readableColor(hex([shade(0), shade(8), shade(4)]))
}

/** Who has no color of their own has the same one everywhere. */
function hueOf(id: string): number {
  return Array.from(id).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 0)
}

function isColor(value: unknown): value is string {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Reads a person out of anything: another client's presence, or what was kept in the browser. */
export function parsePerson(value: unknown): Person {
  if (!isRecord(value)) return nobody
  const { color, id, name } = value
  const own = typeof id === 'string' ? colorAt(hueOf(id)) : nobody.color
  return {
    name:
      typeof name === 'string' && name.trim() !== ''
        ? name.trim().slice(0, longestName)
        : nobody.name,
    color: isColor(color) ? color : own,
  }
}

/** Somebody new with a friendly name. */
export function newPerson(): Person {
  return { name: `${pick(adjectives)} ${pick(animals)}`, color: colorAt(Math.random() * 360) }
}

/** Who others see: whom the server says it is, else whom the page says. */
export function personOf(
  { link }: { readonly link: { readonly granted: { readonly user?: unknown } | undefined } },
  other: Person,
): Person {
  const user = link.granted?.user
  return user === undefined ? other : parsePerson(user)
}

let guest: string | undefined

/** Who somebody of this tab is where the server asks nobody: what they wrote stays theirs. */
export function guestId(): string {
  guest ??= keptGuest()
  return guest
}

function keptGuest(): string {
  const fresh = `guest-${uuidv4()}`
  try {
    const kept = sessionStorage.getItem('ytopic-guest') ?? fresh
    sessionStorage.setItem('ytopic-guest', kept)
    return kept
  } catch {
    // Storage may be forbidden; then they are somebody else after a reload.
    return fresh
  }
}
