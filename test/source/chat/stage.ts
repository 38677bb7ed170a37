import { createJwtAuthority } from '../../../src/auth/jwt.ts'
import { signToken } from '../../../src/auth/sign.ts'
import type { Access } from '../../../src/base/access.ts'
import type { Clock } from '../../../src/base/clock.ts'
import type { Bus } from '../../../src/cluster/bus.ts'
import type { Limits } from '../../../src/base/limits/limits.ts'
import type { Store } from '../../../persistence/store.ts'
import { RawHocuspocus } from '../../support/harness/hocuspocus-raw.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

const secret = 'a secret that is long enough to sign with'

/** What a room says, read. */
export type Told = Readonly<Record<string, unknown>> & { readonly type: string }

/** Somebody on a room, over whichever protocol. */
export interface Talker {
  say(what: object): void
  sayText(text: string): void
  /** All that was told, in order. */
  told(type?: string): readonly Told[]
  /** Waits until so much of a type was told; gives the last of it. */
  hears(type: string, count?: number): Promise<Told>
  /** Whether the server has closed the connection. */
  readonly isClosed: boolean
  end(): void
}

/** A server whose people have tokens. */
export interface ChatStage {
  readonly server: TestServer
  token(id: string, access: Access, document?: string): Promise<string>
  /** Over y-websocket. */
  talker(id: string, access: Access, document?: string): Promise<Talker>
  /** Over Hocuspocus. */
  hocuspocus(id: string, access: Access, document?: string): Promise<Talker>
  /** Asks the API as somebody. */
  ask(
    id: string,
    access: Access,
    method: string,
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>
}

/** Starts one; a store in memory unless another is given. */
export async function chatStage(
  limits: Partial<Limits> = {},
  store?: Store,
  bus?: Bus,
  clock?: Clock,
): Promise<ChatStage> {
  const authority = await createJwtAuthority({ keys: { kind: 'secret', secret } })
  const server = startServer(limits, store, { authority, adminToken: 'the operator', bus, clock })
  const token = (id: string, access: Access, document = '*'): Promise<string> => {
    const who = { id, name: id.toUpperCase(), issuer: undefined, audience: undefined }
    const wishes = { document, access, forMs: 600_000, documentsClaim: 'documents', ...who }
    return signToken(secret, wishes, Date.now())
  }
  return {
    server,
    token,
    async talker(id, access, document = 'doc') {
      const query = `?chat=1&token=${await token(id, access)}`
      const client = await RawClient.connect(
        `${server.url}/ws/${encodeURIComponent(document)}${query}`,
      )
      return talkerOf({
        say: (text) => client.say({ kind: 'chat', text }),
        texts: () => client.heard.flatMap((frame) => (frame.kind === 'chat' ? frame.text : [])),
        isClosed: () => client.closed !== undefined,
        end: () => client.close(),
      })
    },
    async hocuspocus(id, access, document = 'doc') {
      const client = await RawHocuspocus.connect(`${server.url}/hocuspocus`)
      await client.open(document, await token(id, access))
      return talkerOf({
        say: (text) => client.say(document, { kind: 'chat', text }),
        texts: () => client.heard.flatMap(({ frame }) => (frame.kind === 'chat' ? frame.text : [])),
        isClosed: () => client.closed !== undefined,
        end: () => client.close(),
      })
    },
    async ask(id, access, method, path, body) {
      const bearer = id === 'operator' ? 'the operator' : await token(id, access)
      const answer = await fetch(`${server.http}/api/v1/documents/${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      const read: Record<string, unknown> = text === '' ? {} : JSON.parse(text)
      return { status: answer.status, body: read }
    },
  }
}

interface Line {
  say(text: string): void
  texts(): readonly string[]
  isClosed(): boolean
  end(): void
}

function talkerOf(line: Line): Talker {
  const told = (type?: string): readonly Told[] =>
    line
      .texts()
      .map((text): Told => JSON.parse(text))
      .filter((one) => type === undefined || one.type === type)
  return {
    say: (what) => line.say(JSON.stringify(what)),
    sayText: (text) => line.say(text),
    told,
    async hears(type, count = 1) {
      await until(`${count} × ${type}`, () => told(type).length >= count)
      return told(type).at(-1) ?? { type }
    },
    get isClosed() {
      return line.isClosed()
    },
    end: () => line.end(),
  }
}
