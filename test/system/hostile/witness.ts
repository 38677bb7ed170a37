import { connect, synced } from '../../support/harness/provider.ts'
import { until } from '../../support/harness/wait.ts'

/** Two people with stock clients in one document, who notice when something is wrong with it. */
export interface Witnesses {
  /** One writes, the other reads. @returns how long that took, in milliseconds */
  exchange(): Promise<number>
  /** What was said last. */
  readonly lastWord: string
  end(): void
}

const key = 'last word'
/** A busy machine takes seconds; who is stuck waits for ever. */
const stuckMs = 30_000

/** Connects both; resolves when they are in the document. */
export async function invite(url: string, document: string): Promise<Witnesses> {
  const writer = connect(`${url}/ws`, document)
  const reader = connect(`${url}/ws`, document)
  await synced(writer, reader)
  let word = ''
  return {
    get lastWord() {
      return word
    },
    async exchange() {
      word = crypto.randomUUID()
      const since = performance.now()
      const heard = new Promise<number>((resolve) => {
        const map = reader.document.getMap('witness')
        const look = (): void => {
          if (map.get(key) !== word) return
          map.unobserve(look)
          resolve(performance.now() - since)
        }
        map.observe(look)
      })
      writer.document.getMap('witness').set(key, word)
      const late = Bun.sleep(stuckMs).then(() => Promise.reject(new Error(`${document} is stuck`)))
      return Promise.race([heard, late])
    },
    end() {
      writer.end()
      reader.end()
    },
  }
}

/** The last word that was said in a document, as somebody hears it who comes now. */
export async function lastWord(url: string, document: string): Promise<unknown> {
  const client = connect(`${url}/ws`, document)
  await synced(client)
  const word = client.document.getMap('witness').get(key)
  client.end()
  return word
}

/** Resolves when the server has nobody but so many connections, and has written everything. */
export async function quiet(http: string, connections: number): Promise<void> {
  await until('the attackers have gone', async () => {
    const answer = await fetch(`${http}/healthz`)
    const health: { connections: number; pendingBytes: number } = await answer.json()
    return health.connections <= connections && health.pendingBytes === 0
  })
}
