import { isIP } from 'node:net'
import { type RootKind, rootKinds } from '../ydoc/content/content-wish.ts'

/** How one kind of value is written on the command line and in the environment. */
export interface Reader<Value> {
  /** Stands for the value in the help: `PORT`. */
  readonly placeholder: string
  /** Ends the sentence `--port takes …`. */
  readonly takes: string
  /** The value; undefined when that is not one. */
  readonly read: (text: string) => Value | undefined
  /** Whether it may be given several times. */
  readonly many?: true
  /** Whether the flag alone, without a value, means yes. */
  readonly alone?: true
}

/** Any words but none. */
export function text(placeholder: string, takes: string): Reader<string> {
  return { placeholder, takes, read: (given) => (given === '' ? undefined : given) }
}

/** One of some words. */
export function choice<Word extends string>(...words: readonly Word[]): Reader<Word> {
  return {
    placeholder: words.join('|'),
    takes: alternatives(words),
    read: (given) => words.find((word) => word === given),
  }
}

/** `one`, `one or two`, `one, two or three`. */
function alternatives(words: readonly string[]): string {
  const last = words.slice(-1).join('')
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}

/** Given alone, or in the environment as 1 or 0, or as on or off. */
export const toggle: Reader<boolean> = {
  placeholder: '',
  takes: '1 or 0',
  read: (given) => switches.get(given),
  alone: true,
}

const switches: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['on', true],
  ['0', false],
  ['off', false],
])

/** A whole number from `min` to `max`. */
export function count(placeholder: string, min: number, max: number): Reader<number> {
  return {
    placeholder,
    takes: `${min} to ${max}`,
    read: (given) => within(/^\d{1,15}$/.test(given) ? Number(given) : undefined, min, max),
  }
}

/** A port of this machine, or a host before it: `9100`, `0.0.0.0:9100`, `[::1]:9100`. */
export const listenAddress: Reader<{ readonly hostname: string; readonly port: number }> = {
  placeholder: 'HOST:PORT',
  takes: 'a port of this machine, or HOST:PORT',
  read(given) {
    const found = /^(?:([^:\s]+|\[[\da-fA-F:.]+\]):)?(\d{1,5})$/.exec(given)
    const port = within(found === null ? undefined : Number(found[2]), 0, 65_535)
    return port === undefined ? undefined : { hostname: bare(found?.[1] ?? '127.0.0.1'), port }
  },
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

/** A root of a document, with its kind: `default:xml`. */
export const root: Reader<readonly [name: string, kind: RootKind]> = {
  placeholder: 'NAME:KIND',
  takes: `the name of a root with its kind, ${alternatives(rootKinds)}, such as default:xml`,
  read(given) {
    const [, name = '', kind] = /^(.+):(\w+)$/.exec(given) ?? []
    const known = rootKinds.find((one) => one === kind)
    return known === undefined ? undefined : [name, known]
  },
}

/** Where a page comes from: scheme, host and port, with `*.` for all below a domain; or `*`. */
export const origin: Reader<string> = {
  placeholder: 'ORIGIN',
  takes: 'an origin such as https://app.example.org, or *',
  read(given) {
    const written = given.toLowerCase()
    if (written === '*') return written
    const form = /^[a-z][a-z0-9+.-]*:\/\/(?:\*\.)?[^\s/*?#@,]*$/
    return form.test(written) ? written : undefined
  },
}

/** An IP address, a network in CIDR notation, or the word loopback. */
export const network: Reader<string> = {
  placeholder: 'ADDRESS',
  takes: 'an IP address, a network such as 10.0.0.0/8, or loopback',
  read(given) {
    if (given === 'loopback') return given
    const [address = '', bits, ...more] = given.split('/')
    const family = isIP(address)
    if (family === 0 || more.length > 0) return undefined
    if (bits === undefined) return given
    return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128) ? given : undefined
  },
}

/** Bytes: a number, or one with KiB, MiB or GiB behind it. */
export function bytes(min: number, max: number): Reader<number> {
  return {
    placeholder: 'BYTES',
    takes: `${showBytes(min)} to ${showBytes(max)}`,
    read: (given) => within(measure(given, byteUnits), min, max),
  }
}

/** Milliseconds: a number with ms, s, m, h or d behind it; alone it is in milliseconds. */
export function duration(min: number, max: number): Reader<number> {
  return {
    placeholder: 'TIME',
    takes: `${showDuration(min)} to ${showDuration(max)}`,
    read: (given) => within(measure(given, timeUnits), min, max),
  }
}

/** Values between commas, or the flag several times. */
export function list<Value>(item: Reader<Value>): Reader<readonly Value[]> {
  return {
    placeholder: item.placeholder,
    takes: item.takes,
    read(given) {
      const values: Value[] = []
      for (const part of given.split(',')) {
        const value = item.read(part.trim())
        if (value === undefined) return undefined
        values.push(value)
      }
      return values
    },
    many: true,
  }
}

/** Bytes as `bytes` reads them, in the largest unit that fits. */
export function showBytes(value: number): string {
  return show(value, byteUnits)
}

/** Milliseconds as `duration` reads them, in the largest unit that fits. */
export function showDuration(value: number): string {
  return show(value, timeUnits)
}

type Units = readonly (readonly [unit: string, size: number])[]

/** From the largest to the smallest. */
const byteUnits: Units = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
  ['', 1],
]
const timeUnits: Units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]

function measure(given: string, units: Units): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15})([a-z]*)$/i.exec(given) ?? []
  if (digits === undefined) return undefined
  const size = unit === '' ? 1 : units.find(([name]) => name === unit)?.[1]
  return size === undefined ? undefined : Number(digits) * size
}

function show(value: number, units: Units): string {
  const [unit, size] = units.find(([, whole]) => value >= whole && value % whole === 0) ?? ['', 1]
  return `${value / size}${unit}`
}

function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined
}
