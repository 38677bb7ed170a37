import { mkdtemp } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureRedis } from '../../../scripts/programs/redis.mjs'
import { until } from './wait.ts'

/** A Redis of the tests' own, on a free port, which keeps nothing. */
export interface TestRedis {
  readonly port: number
  readonly url: string
  /** Says a command beside those who are tested. */
  command(...words: readonly string[]): Promise<unknown>
  kill(): Promise<void>
  /** Starts it again on the same port. */
  start(): Promise<void>
  /** It takes connections and says nothing. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

/** @param flags of its command line, such as `--requirepass`, `secret` */
export async function startRedis(
  flags: readonly string[] = [],
  scheme = 'redis',
): Promise<TestRedis> {
  const program = ensureRedis()
  const directory = await mkdtemp(join(tmpdir(), 'ytopic-redis-'))
  const port = freePort()
  const fixed = ['--save', '', '--appendonly', 'no', '--dir', directory, '--bind', '127.0.0.1']
  const ports = flags.includes('--tls-port') ? [] : ['--port', `${port}`]
  const given = flags.map((flag) => (flag === 'PORT' ? `${port}` : flag))
  const run = (): Bun.Subprocess =>
    Bun.spawn([program, ...fixed, ...ports, ...given], { stdout: 'ignore', stderr: 'ignore' })
  const answers = (): Promise<boolean> =>
    Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } }).then(
      (socket) => {
        socket.end()
        return true
      },
      () => false,
    )
  let child = run()
  const atExit = (): void => {
    child.kill('SIGKILL')
  }
  process.on('exit', atExit)
  await until('Redis answers', answers)
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    async command(...words) {
      const client = new Bun.RedisClient(`redis://127.0.0.1:${port}`)
      try {
        return await client.send(words[0] ?? '', words.slice(1))
      } finally {
        client.close()
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await child.exited
    },
    async start() {
      child = run()
      await until('Redis answers', answers)
    },
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGKILL')
      await child.exited
      process.off('exit', atExit)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = listener
  listener.stop(true)
  return port
}
