import { type Ask, documentPath, Refused } from '../../editor/link/api.ts'
import { parsePerson, type Person } from '../../editor/link/person.ts'
import { titleOf } from '../document-name.ts'
import { recentDocuments } from '../recent.ts'

/** A document in the list. */
export interface Row {
  readonly name: string
  /** Its first line, else its name. */
  readonly title: string
  /** When it was last written, in milliseconds since 1970, where that is known. */
  readonly changed: number | undefined
  /** Who is in it now. */
  readonly people: readonly Person[]
  readonly isUnsaved: boolean
}

/** What the list shows, and why it is not the server's, where it is not. */
export interface Listing {
  readonly rows: readonly Row[]
  readonly refusal: 'unlisted' | 'away' | undefined
}

interface Told {
  readonly name: string
  readonly changed: string | null
  readonly sessions: number
}

interface Sessions {
  readonly sessions: readonly {
    readonly user: { readonly name: string | null } | null
    readonly clients?: readonly { readonly state: unknown }[]
  }[]
}

/** So many documents are looked into, for their title. */
const titledMax = 24

/** Lists documents; it keeps the titles of those that have not changed since. */
export class Lister {
  readonly #ask: Ask
  readonly #titles = new Map<string, { readonly changed: string | null; readonly title: string }>()

  constructor(ask: Ask) {
    this.#ask = ask
  }

  async list(): Promise<Listing> {
    const recent = new Map(recentDocuments().map((one) => [one.name, one]))
    try {
      const { documents } = await this.#ask<{ documents: readonly Told[] }>(
        'GET',
        '/documents?limit=100',
      )
      const latest = documents.toSorted((left, right) => timeOf(right) - timeOf(left))
      const rows = latest.map(async (told, at): Promise<Row> => ({
        name: told.name,
        title: at < titledMax ? await this.#titleOf(told) : titleOf('', told.name),
        changed: timeOf(told) || undefined,
        people: told.sessions === 0 ? [] : await this.#peopleIn(told.name),
        isUnsaved: recent.get(told.name)?.isUnsaved === true,
      }))
      return { rows: await Promise.all(rows), refusal: undefined }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const rows = [...recent.values()].map(({ at, isUnsaved, name, title }) => ({
        name,
        title,
        changed: at,
        people: [],
        isUnsaved,
      }))
      return { rows, refusal: error.status === 0 ? 'away' : 'unlisted' }
    }
  }

  async #titleOf({ changed, name }: Told): Promise<string> {
    const known = this.#titles.get(name)
    if (known !== undefined && known.changed === changed) return known.title
    const path = documentPath(name, '/content?format=json&root=prose')
    const content = await this.#ask<unknown>('GET', path).catch(() => undefined)
    const title = titleOf(firstLine(content), name)
    this.#titles.set(name, { changed, title })
    return title
  }

  async #peopleIn(name: string): Promise<readonly Person[]> {
    const path = documentPath(name, '/sessions')
    const { sessions } = await this.#ask<Sessions>('GET', path).catch(() => ({ sessions: [] }))
    return sessions.flatMap(({ clients = [], user }) => {
      if (typeof user?.name === 'string') return [parsePerson(user)]
      return clients.flatMap(({ state }) => faceIn(state))
    })
  }
}

function timeOf({ changed }: Told): number {
  return changed === null ? 0 : Date.parse(changed)
}

/** What a client says of itself may be anything. */
function faceIn(state: unknown): readonly Person[] {
  const user = field(state, 'user')
  return typeof field(user, 'name') === 'string' ? [parsePerson(user)] : []
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The first text that is not empty, of a tree or a string. */
function firstLine(content: unknown): string {
  if (typeof content === 'string') return content.trim()
  if (typeof content !== 'object' || content === null) return ''
  const parts = Array.isArray(content)
    ? content
    : (field(content, 'children') ?? Object.values(content))
  if (!Array.isArray(parts)) return ''
  // What is marked in a line is told as a part of its own.
  if (parts.length > 0 && parts.every((part) => typeof part === 'string')) {
    return firstLine(parts.join(''))
  }
  for (const part of parts) {
    const line = firstLine(part)
    if (line !== '') return line
  }
  return ''
}
