import { createHmac } from 'node:crypto'
import { expect } from 'bun:test'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'

/** What a JSON answer may hold: looked at as a program would that knows no types of ours. */
export type Json = Record<string, unknown>

/** The operator's token of every service here. */
export const operator = 'the-token-of-the-operator-0123456789abcdef'
const secret = 'a secret that is long enough to sign tokens with'

/** A request as a program outside writes it. */
export interface Asking {
  readonly by?: string | undefined
  readonly json?: unknown
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer, read whole. */
export interface Told {
  readonly status: number
  readonly headers: Headers
  readonly bytes: number
  readonly text: string
  readonly json: Json
}

/** A server in a process of its own, asked by plain requests. */
export class Service {
  readonly #server: ServerProcess
  readonly #remove: () => Promise<void>

  private constructor(server: ServerProcess, remove: () => Promise<void>) {
    this.#server = server
    this.#remove = remove
  }

  /** Starts one that takes tokens, and the operator's. */
  static async start(flags: readonly string[] = [], tokens = true): Promise<Service> {
    const { path, remove } = await freshDirectory()
    const keys = await freshDirectory()
    await Bun.write(`${keys.path}/secret`, secret)
    await Bun.write(`${keys.path}/admin`, operator)
    const jwt = tokens ? ['--jwt-secret-file', `${keys.path}/secret`] : []
    const words = [...jwt, '--admin-token-file', `${keys.path}/admin`, ...flags]
    const server = await startProcess(path, 0, words)
    return new Service(server, async () => {
      await remove()
      await keys.remove()
    })
  }

  get http(): string {
    return this.#server.http
  }

  get socket(): string {
    return this.#server.url
  }

  async close(): Promise<void> {
    await this.#server.end('SIGTERM')
    await this.#remove()
  }

  /** Asks for something below `/api/v1`. */
  ask(method: string, path: string, asking: Asking = {}): Promise<Told> {
    return this.askAt(method, `/api/v1${path}`, asking)
  }

  /** Asks for any path. */
  async askAt(method: string, path: string, asking: Asking = {}): Promise<Told> {
    const { body, by, headers: more = {}, json, type } = asking
    const headers = new Headers(more)
    if (by !== undefined) headers.set('authorization', `Bearer ${by}`)
    if (json !== undefined) headers.set('content-type', 'application/json')
    if (type !== undefined) headers.set('content-type', type)
    const sent = json === undefined ? body : JSON.stringify(json)
    const answer = await fetch(`${this.http}${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(sent === undefined ? {} : { body: sent }),
    })
    const bytes = await answer.bytes()
    const text = new TextDecoder().decode(bytes)
    const isJson = /json/.test(answer.headers.get('content-type') ?? '') && text !== ''
    const read: unknown = isJson ? JSON.parse(text) : {}
    return {
      status: answer.status,
      headers: answer.headers,
      bytes: bytes.length,
      text,
      json: read as Json,
    }
  }

  /** Makes a document with that text in the root `t`. @returns its name */
  async make(name: string, text?: string): Promise<string> {
    const more = text === undefined ? {} : { content: text, format: 'text', root: 't' }
    const made = await this.ask('POST', '/documents', { by: operator, json: { name, ...more } })
    expect(made.status).toBe(201)
    return name
  }
}

/** A token that a service takes, signed by hand. */
export function tokenFor(
  documents: Readonly<Record<string, string>>,
  who: Readonly<Record<string, unknown>> = { sub: 'ann', name: 'Ann', color: '#c0392b' },
): string {
  const now = Math.floor(Date.now() / 1_000)
  const encode = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = encode({ alg: 'HS256', typ: 'JWT' })
  const claims = encode({ ...who, iat: now, exp: now + 600, documents })
  const signature = createHmac('sha256', secret).update(`${head}.${claims}`).digest('base64url')
  return `${head}.${claims}.${signature}`
}

/** A refusal as problem details have it. */
export function expectProblem(told: Told, status: number, code?: string): void {
  expect({ status: told.status, code: code === undefined ? undefined : told.json['code'] }).toEqual(
    {
      status,
      code,
    },
  )
  expect(told.headers.get('content-type')).toBe('application/problem+json')
  expect(Object.keys(told.json).toSorted()).toEqual(['code', 'detail', 'status', 'title', 'type'])
  for (const field of ['type', 'title', 'code', 'detail']) {
    expect(typeof told.json[field]).toBe('string')
  }
  expect(told.json['status']).toBe(status)
  if (status === 401) expect(told.headers.get('www-authenticate')).toBe('Bearer')
  if (status === 429 || status === 503) {
    expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(0)
  }
}

/** Exactly these fields, whatever their order. */
export function expectFields(value: unknown, ...fields: readonly string[]): void {
  expect(Object.keys(value as object).toSorted()).toEqual(fields.toSorted())
}

/** A time as the contract writes it: UTC with milliseconds. */
export const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** A strong tag. */
export const strongTag = /^"[^"]+"$/

/** A list among the fields of an answer. */
export function listIn(json: Json, field: string): readonly Json[] {
  const list = json[field]
  expect(Array.isArray(list)).toBe(true)
  return list as readonly Json[]
}

export const jsonType = 'application/json; charset=utf-8'

/** A y-websocket client as bare as can be: it says that it has nothing. */
export async function open(
  url: string,
): Promise<{ readonly socket: WebSocket; readonly closed: Promise<number> }> {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener('close', ({ code }) => resolve(code))
  })
  await new Promise<void>((resolve) => {
    socket.addEventListener('message', () => resolve(), { once: true })
    socket.addEventListener('close', () => resolve(), { once: true })
    socket.addEventListener('open', () => socket.send(Uint8Array.of(0, 0, 1, 0)))
  })
  return { socket, closed }
}
