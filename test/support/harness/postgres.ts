import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SQL } from 'bun'
import { ensurePostgres, unprivileged } from '../../../scripts/programs/postgres.mjs'
import { until } from './wait.ts'

/** A PostgreSQL of the tests' own, on a free port; what it has synced is on the disk. */
export interface TestPostgres {
  readonly port: number
  /** Of its superuser, who needs no password. */
  readonly url: string
  /** A connection beside those of whoever is tested. */
  readonly sql: SQL
  /** The process that serves a connection of that application, by number; several may. */
  backends(application: string): Promise<readonly number[]>
  /** Ends as at a crash and starts again on the same port. */
  restart(): Promise<void>
  /** Ends as at a crash. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts one.
 * @param settings of its configuration, such as `{ fsync: 'off' }`
 */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestPostgres> {
  const programs = ensurePostgres()
  const { prefix, user } = unprivileged()
  const root = await mkdtemp(join(tmpdir(), 'ytopic-postgres-'))
  if (user !== undefined) run(['chown', user, root])
  const data = join(root, 'data')
  const words = ['-D', data, '-A', 'trust', '-U', 'postgres', '-N', '-E', 'UTF8', '--no-locale']
  run([...prefix, join(programs, 'initdb'), ...words])
  const port = freePort()
  const given = { fsync: 'on', listen_addresses: '127.0.0.1', ...settings }
  const flags = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = [join(programs, 'postgres'), '-D', data, '-p', `${port}`, '-k', root, ...flags]
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const sql = new SQL({ url, max: 2 })
  const start = async (): Promise<Bun.Subprocess> => {
    const child = Bun.spawn([...prefix, ...command], { stdout: 'ignore', stderr: 'ignore' })
    await until('PostgreSQL answers', () =>
      sql.unsafe('SELECT 1').then(
        () => true,
        () => false,
      ),
    )
    return child
  }
  let child = await start()
  /** Whatever happens to the tests, nothing is left running. */
  const atExit = (): void => {
    child.kill('SIGQUIT')
  }
  process.on('exit', atExit)
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await child.exited
  }
  return {
    port,
    url,
    sql,
    async backends(application) {
      const rows: readonly { readonly pid: number }[] = await sql.unsafe(
        'SELECT pid FROM pg_stat_activity WHERE application_name = $1 ORDER BY backend_start',
        [application],
      )
      return rows.map(({ pid }) => pid)
    },
    async restart() {
      await end('SIGQUIT')
      child = await start()
    },
    kill: () => end('SIGQUIT'),
    async stop() {
      await sql.close({ timeout: 0 })
      await end('SIGQUIT')
      process.off('exit', atExit)
      rmSync(root, { recursive: true, force: true })
    },
  }
}

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = listener
  listener.stop(true)
  return port
}

function run([program = '', ...words]: readonly string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8', cwd: '/' })
  if (status !== 0) throw new Error(`${program} failed: ${stderr.trim()}`)
}
