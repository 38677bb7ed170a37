import { UnfitError } from '../content/content-wish.ts'
import { isHarmless } from './addresses.ts'
import { type AttributeType, type OwnNode, type OwnWord, spelled } from './markup-options.ts'
import type { Attributes, Mark, Node } from './node.ts'

/** An attribute of a node or a mark of an application's schema. */
interface OwnAttribute {
  readonly key: string
  /** Its name in text. */
  readonly said: string
  readonly type: AttributeType
}

/** A node or a mark that only its own schema knows, and that text has a word for. */
export interface Own {
  readonly kind: 'mark' | 'node'
  readonly type: string
  /** Of the directive. */
  readonly name: string
  readonly tag: string
  readonly attributes: readonly OwnAttribute[]
  readonly content: OwnNode['content']
  readonly isInline: boolean
  /** The attribute that stands as its text. */
  readonly label: string | undefined
}

export function ownMark(type: string, word: OwnWord): Own {
  return ownOf(type, 'mark', { ...word, content: 'inline', inline: true })
}

export function ownNode(type: string, word: OwnNode): Own {
  return ownOf(type, 'node', word)
}

function ownOf(type: string, kind: Own['kind'], word: OwnNode): Own {
  const { attributes = {}, content, inline: isInline = false, label } = word
  const name = word.name ?? spelled(type)
  const all = Object.entries(attributes).map(([key, held]) => ({
    key,
    said: spelled(key),
    type: held,
  }))
  return { kind, type, name, tag: word.tag ?? name, attributes: all, content, isInline, label }
}

/** What text says of a node or a mark. */
export interface Saying {
  /** What stands as its text. */
  readonly label: string | undefined
  /** Attributes by their names in text. */
  readonly attributes: Readonly<Record<string, string>>
  /** Those that are said, by their own names. */
  readonly keys: ReadonlySet<string>
}

/** What text says; values of another type than the declared one are not said. */
export function sayingOf(own: Own, { attrs = {} }: Node | Mark): Saying {
  const attributes: Record<string, string> = {}
  const keys = new Set<string>()
  let label: string | undefined
  for (const { key, said, type } of own.attributes) {
    const text = textOf(type, attrs[key])
    if (text === undefined) continue
    keys.add(key)
    if (key === own.label && isLabel(text)) label = text
    else attributes[said] = text
  }
  return { attributes, keys, label }
}

/** Text that stays as it is between other text: no spaces at its ends, one within, no breaks. */
function isLabel(text: string): boolean {
  return /^\S+(?: \S+)*$/.test(text)
}

function textOf(type: AttributeType, value: unknown): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'url':
      return typeof value === 'string' && isHarmless(value) ? value : undefined
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined
    case 'json':
      return value === undefined || value === null ? undefined : JSON.stringify(value)
  }
}

/**
 * The attributes that text says.
 * @param label what stands as its text
 * @param given attributes by their names in text; others than the declared ones are left out
 * @throws UnfitError of a value that is none of its type
 */
export function attributesSaid(
  own: Own,
  label: string,
  given: (said: string) => string | null | undefined,
): Attributes {
  const attrs: Record<string, unknown> = {}
  for (const { key, said, type } of own.attributes) {
    const text = given(said) ?? (key === own.label && label !== '' ? label : undefined)
    if (text === undefined) continue
    const value = valueOf(type, text)
    if (value === undefined) {
      const what = `"${said}" of "${own.name}" takes ${takes[type]}, not "${text.slice(0, 80)}"`
      throw new UnfitError('bad-content', `The attribute ${what}.`)
    }
    attrs[key] = value
  }
  return attrs
}

const takes: Readonly<Record<AttributeType, string>> = {
  string: 'text',
  url: 'an address that runs nothing',
  number: 'a number',
  boolean: 'true or false',
  json: 'JSON',
}

function valueOf(type: AttributeType, text: string): unknown {
  switch (type) {
    case 'string':
      return text
    case 'url':
      return isHarmless(text) ? text : undefined
    case 'number': {
      const value = text.trim() === '' ? Number.NaN : Number(text)
      return Number.isFinite(value) ? value : undefined
    }
    case 'boolean':
      // The name alone says yes, as in HTML.
      return text === 'true' || text === '' ? true : text === 'false' ? false : undefined
    case 'json':
      return jsonOf(text)
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
