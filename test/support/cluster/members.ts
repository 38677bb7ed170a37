import { afterEach, beforeEach } from 'bun:test'
import { anonymous } from '../../../src/auth/anonymous.ts'
import type { Limits } from '../../../src/base/limits/limits.ts'
import { BusNetwork, type LocalBus } from '../fakes/bus.ts'
import { SharedDatabase } from '../fakes/shared-store.ts'
import { type Client, connect, synced } from '../harness/provider.ts'
import { startServer, type TestServer } from '../harness/server.ts'

/** A server of the cluster, and its way to the others. */
interface Member extends TestServer {
  readonly bus: LocalBus
}

/**
 * For the top of a test file: servers in this process on one database and one bus, which are new
 * for each test.
 * @param usual the limits of a server for which a test names none
 */
export function inCluster(usual: Partial<Limits> = {}) {
  let database: SharedDatabase
  let network: BusNetwork
  let ends: (() => Promise<void> | void)[]
  beforeEach(() => {
    database = new SharedDatabase()
    network = new BusNetwork()
    ends = []
  })
  afterEach(async () => {
    for (const end of ends.toReversed()) await end()
  })
  /** Does it after the test, before what was said earlier. */
  const atEnd = (end: () => Promise<void> | void): void => void ends.push(end)
  return {
    get database() {
      return database
    },
    get network() {
      return network
    },
    atEnd,
    serverOf(limits: Partial<Limits> = usual): Member {
      const bus = network.bus()
      const server = startServer(limits, database.opened(), { authority: anonymous('admin'), bus })
      atEnd(() => server.stop())
      return { ...server, bus }
    },
    async clientOf({ url }: TestServer, document = 'notes'): Promise<Client> {
      const client = connect(`${url}/ws`, document)
      atEnd(() => client.end())
      await synced(client)
      return client
    },
  }
}

/** Who a client sees, itself too. */
export const seenBy = ({ provider }: Client): readonly unknown[] =>
  [...provider.awareness.getStates().values()].flatMap((state) => state['user'] ?? [])
