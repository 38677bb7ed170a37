import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { ensureBalancer } from '../../../scripts/programs/balancers.mjs'
import { BusNetwork } from '../../support/fakes/bus.ts'
import { SharedDatabase } from '../../support/fakes/shared-store.ts'
import { connect, converged, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

const page = await Bun.file(resolve(import.meta.dir, '../../../docs/scaling.md')).text()
let directory: string
let ends: (() => Promise<void> | void)[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ytopic-balancer-'))
  ends = [() => rm(directory, { recursive: true, force: true })]
})
afterEach(async () => {
  for (const end of ends.toReversed()) await end()
})

/** The block of the page in that language, for those servers. */
function configuration(language: string, port: number, servers: readonly TestServer[]): string {
  const [, block = ''] = new RegExp('```' + language + '\n([^`]+)```').exec(page) ?? []
  const [one = '', two = ''] = servers.map(({ http }) => new URL(http).host)
  return block
    .replace('10.0.0.1:1234', one)
    .replace('10.0.0.2:1234', two)
    .replace(/listen 80;|bind :80/, (word) => word.replace(/:?80/, `127.0.0.1:${port}`))
}

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = listener
  listener.stop(true)
  return port
}

async function commandOf(name: 'haproxy' | 'nginx', text: string): Promise<readonly string[]> {
  const file = join(directory, 'configuration')
  if (name === 'haproxy') {
    await writeFile(file, text)
    return ['-f', file, '-db']
  }
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
    .join('\n')
  const head = `daemon off; pid ${directory}/pid; error_log ${directory}/errors; events {}\n`
  await writeFile(file, `${head}http {\naccess_log off;\n${temporary}\n${text}\n}\n`)
  return ['-p', directory, '-c', file]
}

test.each(['nginx', 'haproxy'] as const)(
  'CLUSTER-14: behind %s',
  async (name) => {
    const network = new BusNetwork()
    const database = new SharedDatabase()
    const servers = [0, 1].map(() => startServer({}, database.opened(), { bus: network.bus() }))
    for (const server of servers) ends.push(() => server.stop())
    const port = freePort()
    const words = await commandOf(name, configuration(name, port, servers))
    const child = Bun.spawn([ensureBalancer(name), ...words], { stdout: 'ignore', stderr: 'pipe' })
    ends.push(async () => {
      child.kill('SIGTERM')
      await child.exited
    })
    const ready = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    await until(`${name} answers`, ready)
    const open = (url: string) => {
      const client = connect(`${url}/ws`, 'a b/ü')
      ends.push(() => client.end())
      return client
    }
    const [one, two] = [open(`ws://127.0.0.1:${port}`), open(`ws://127.0.0.1:${port}`)]
    const beside = servers.map(({ url }) => open(url))
    await synced(one, two, ...beside)
    one.document.getText('t').insert(0, 'through; ')
    await converged(one.document, two.document, ...beside.map(({ document }) => document))
    // The one that both were sent to, as they have the same document, goes.
    const counts = servers.map(({ ytopic }) => ytopic.metrics.connectionsOpened)
    const busy = (counts[0] ?? 0) > (counts[1] ?? 0) ? 0 : 1
    expect([counts[busy], counts[1 - busy]]).toEqual([3, 1])
    await servers[busy]?.stop()
    one.document.getText('t').insert(0, 'after; ')
    const other = beside[1 - busy]
    await until(
      'at the other',
      () => other?.document.getText('t').toString() === 'after; through; ',
    )
    await until('both are back', () => two.document.getText('t').toString() === 'after; through; ')
  },
  60_000,
)
