import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ensureBalancer } from '../../../scripts/programs/balancers.mjs'
import { until } from '../../support/harness/wait.ts'

/** A balancer before two servers, set up as docs/scaling.md shows it. */
export interface Balancer {
  readonly port: number
  stop(): Promise<void>
}

const page = resolve(import.meta.dir, '../../../docs/scaling.md')

/** By the language of its configuration on the page. */
export type BalancerName = 'caddy' | 'haproxy' | 'nginx'

/** Starts one before the servers on those ports; resolves when clients come through. */
export async function startBalancer(
  name: BalancerName,
  servers: readonly [number, number],
): Promise<Balancer> {
  const directory = await mkdtemp(join(tmpdir(), 'ytopic-balancer-'))
  const port = freePort()
  const text = await configuration(name, port, servers)
  const words = await commandOf(name, text, directory)
  const child = Bun.spawn([ensureBalancer(name), ...words], { stdout: 'ignore', stderr: 'ignore' })
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await child.exited
    await rm(directory, { recursive: true, force: true })
  }
  const isReady = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until(`${name} answers`, isReady).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { port, stop }
}

/** The block of the page in that language, for those servers. */
async function configuration(
  language: string,
  port: number,
  [one, two]: readonly [number, number],
): Promise<string> {
  const text = await Bun.file(page).text()
  const [, block = ''] = new RegExp('```' + language + '\n([^`]+)```').exec(text) ?? []
  return block
    .replace('10.0.0.1:1234', `127.0.0.1:${one}`)
    .replace('10.0.0.2:1234', `127.0.0.1:${two}`)
    .replace(/listen 80;|bind :80|:80 \{/, (word) => word.replace(/:?80/, at(language, port)))
}

/** Caddy takes an address alone for a name of the page's. */
function at(language: string, port: number): string {
  return language === 'caddy' ? `http://:${port}` : `127.0.0.1:${port}`
}

async function commandOf(
  name: BalancerName,
  text: string,
  directory: string,
): Promise<readonly string[]> {
  const file = join(directory, 'configuration')
  if (name === 'haproxy') {
    await writeFile(file, text)
    return ['-f', file, '-db']
  }
  if (name === 'caddy') {
    await writeFile(file, text)
    return ['run', '--config', file, '--adapter', 'caddyfile']
  }
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
    .join('\n')
  const head = `daemon off; pid ${directory}/pid; error_log ${directory}/errors; events {}\n`
  await writeFile(file, `${head}http {\naccess_log off;\n${temporary}\n${text}\n}\n`)
  return ['-p', directory, '-c', file]
}

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = listener
  listener.stop(true)
  return port
}
