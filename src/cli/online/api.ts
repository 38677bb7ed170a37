import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { anonymous } from '../../auth/anonymous.ts'
import type { Authority } from '../../auth/authority.ts'
import { describeError, silentLog } from '../../base/log.ts'
import { limitOptionsOf, type Limits } from '../../base/limits/limits.ts'
import { optional, type ValuesOf } from '../../config/flag.ts'
import { text } from '../../config/reader.ts'
import { createYtopic, type Ytopic } from '../../create.ts'
import { StoreError } from '../../../persistence/store-error.ts'
import { dataFlags, type ExitCode } from '../command.ts'
import { writing } from '../data-file.ts'
import { readMarkupFile } from '../markup-file.ts'

/** The flags of commands that ask a server, or a data directory as a server would. */
export const apiFlags = {
  ...dataFlags,
  server: optional(
    text('URL', 'the URL of a server'),
    'a running server to ask, instead of the data directory, such as http://127.0.0.1:1234',
  ),
  tokenFile: optional(text('FILE', 'a file'), 'a file with the token to show to that server'),
} as const

/** What one request says. */
interface Asking {
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly type?: string
  readonly body?: string | Uint8Array<ArrayBuffer>
}

/** Of what and how a command asks. */
interface Asked {
  readonly limits: Limits
  readonly values: ValuesOf<typeof apiFlags> & { readonly markupFile?: string | undefined }
}

/** Asks for something below `/api/v1`. @throws StoreError with the answer's own sentence */
export type Ask = (method: string, path: string, asking?: Asking) => Promise<Response>

/**
 * Has work done with a server's API: of the running one that is named, or of one within this
 * process on a database, or on the data directory, which nobody else may be using then.
 * @param missing whether a place without documents is made one or refused
 */
export async function online(
  { limits, values }: Asked,
  work: (ask: Ask) => Promise<ExitCode>,
  missing: 'make' | 'refuse' = 'refuse',
): Promise<ExitCode> {
  const { server, tokenFile } = values
  if (server !== undefined) {
    const token = tokenFile === undefined ? undefined : readFileSync(tokenFile, 'utf8').trim()
    return work(asking(server, token, (request) => reach(server, request)))
  }
  return within({ limits, values }, missing, ({ ask }) =>
    work(asking('http://localhost', undefined, ask)),
  )
}

/**
 * Has work done with a server within this process, on a database or on the data directory,
 * which nobody else may be using then.
 * @param missing whether a place without documents is made one or refused
 */
export async function within(
  { limits, values }: Asked,
  missing: 'make' | 'refuse',
  work: (ytopic: Ytopic, authority: Authority) => Promise<ExitCode>,
): Promise<ExitCode> {
  // Read before the directory is made: a wrong file leaves nothing behind.
  const markup = readMarkupFile(values.markupFile)
  return writing(values, missing, async (store) => {
    const authority = anonymous('admin')
    const options = { limits: limitOptionsOf(limits), log: silentLog, content: { markup } }
    const ytopic = createYtopic({ ...options, store, authority })
    try {
      return await work(ytopic, authority)
    } finally {
      await ytopic.stop()
    }
  })
}

/** Reads a JSON answer. @throws StoreError where it is not what it should be */
export async function told<Value>(answer: Response, schema: z.ZodType<Value>): Promise<Value> {
  const read = schema.safeParse(await answer.json())
  if (read.success) return read.data
  throw new StoreError(
    'unavailable',
    'The answer has another shape than it should; use the release of the server.',
  )
}

/** A document's path in the API, or what is below it. */
export function pathOf(document: string, ...below: readonly string[]): string {
  return ['documents', document, ...below].map(encodeURIComponent).join('/')
}

function asking(
  server: string,
  token: string | undefined,
  send: (request: Request) => Promise<Response>,
): Ask {
  return async (method, path, { body, query = {}, type } = {}) => {
    const url = new URL(`${server.replace(/\/$/, '')}/api/v1/${path}`)
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value)
    }
    const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` })
    if (type !== undefined) headers.set('content-type', type)
    const answer = await send(new Request(url.href, { method, headers, body: body ?? null }))
    if (answer.ok) return answer
    throw new StoreError('unavailable', await sentenceOf(answer))
  }
}

async function reach(server: string, request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    const said = `${server} does not answer: ${describeError(error)}`
    throw new StoreError('unavailable', `${said}. Name a running server with --server.`)
  }
}

const problem = z.object({ detail: z.string() })

/** What a refusal says to a person. */
async function sentenceOf(answer: Response): Promise<string> {
  const said = await answer.text()
  try {
    return problem.parse(JSON.parse(said)).detail
  } catch {
    return `The answer has status ${answer.status} and is none of ytopic's; check --server.`
  }
}
