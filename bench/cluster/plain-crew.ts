import { type Client, connect } from '../../test/support/harness/provider.ts'
import type { Balancer } from './balancer.ts'
import { places } from './stage.ts'

const clientsPerServer = 5

/** y-websocket clients, a document each, of which only is asked how long they are cut off. */
export class PlainCrew {
  /** How long each was without its server, each time, in ms. */
  readonly handOvers: number[] = []
  readonly #clients: Client[] = []

  /** @param path undefined where nobody speaks their protocol: then there is nobody */
  constructor(balancer: Balancer, path: string | undefined) {
    if (path === undefined) return
    for (const place of places) {
      for (let index = 0; index < clientsPerServer; index++) {
        const client = connect(balancer.url(place) + path, `plain-${place}-${index}`)
        this.#clients.push(client)
        this.#watch(client)
      }
    }
  }

  end(): void {
    for (const client of this.#clients) client.end()
  }

  #watch({ provider }: Client): void {
    let lostAt: number | undefined
    provider.on('connection-close', () => {
      lostAt ??= performance.now()
    })
    provider.on('sync', (isSynced) => {
      if (!isSynced) return
      if (lostAt !== undefined) this.handOvers.push(performance.now() - lostAt)
      lostAt = undefined
    })
  }
}
