import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { hocuspocusWire, type Wire, yWire } from './clients/wires.ts'
import { cpuMsOf } from './processes.ts'

/** A server that is measured. */
export interface Subject {
  readonly name: string
  readonly wire: Wire
  /** Whether it keeps documents on disk. */
  readonly stores: boolean
  /** The command, given a fresh directory. */
  readonly command: (directory: string) => readonly string[]
}

const bun = process.execPath
const here = import.meta.dir

/** Everything that is measured; the first is the yardstick. */
export const subjects: readonly Subject[] = [
  {
    name: 'bare relay',
    stores: false,
    wire: yWire('/', false),
    command: () => [bun, join(here, 'relay.ts')],
  },
  {
    name: 'ytopic',
    stores: true,
    wire: yWire('/ws/'),
    // As it is started by hand: default limits, durability full.
    command: (directory) => [
      bun,
      join(here, '..', 'src', 'main.ts'),
      'serve',
      '--port=0',
      `--data=${join(directory, 'data')}`,
    ],
  },
  {
    name: 'Hocuspocus on Bun',
    stores: true,
    wire: hocuspocusWire,
    command: (directory) => [bun, join(here, 'peers', 'hocuspocus-bun.mjs'), directory],
  },
  {
    name: 'Hocuspocus on Node',
    stores: true,
    wire: hocuspocusWire,
    command: (directory) => ['node', join(here, 'peers', 'hocuspocus-node.mjs'), directory],
  },
  {
    name: 'y-websocket-server',
    stores: false,
    wire: yWire('/'),
    command: () => ['node', join(here, 'peers', 'y-websocket-server.mjs')],
  },
]

/** Whether server and generator get a core each. */
export const pinned = availableParallelism() > 1 && Bun.which('taskset') !== null

/** Keeps this process, the generator, off the server's core. */
export function pinGenerator(): void {
  if (pinned) Bun.spawnSync(['taskset', '-a', '-c', '-p', '0', `${process.pid}`])
}

/** A server process on a core of its own. */
export class ServerProcess {
  readonly port: number
  readonly pid: number
  readonly #child: Bun.Subprocess
  readonly #directory: string

  private constructor(child: Bun.Subprocess, port: number, directory: string) {
    this.#child = child
    this.port = port
    this.pid = child.pid
    this.#directory = directory
  }

  /** Starts the server; resolves when it has said its port. */
  static async start(subject: Subject, keep?: string): Promise<ServerProcess> {
    const directory = keep ?? (await mkdtemp(join(tmpdir(), 'ytopic-bench-')))
    const pin = pinned ? ['taskset', '-c', '1'] : []
    // taskset becomes the server, so its process id is the server's.
    const child = Bun.spawn([...pin, ...subject.command(directory)], {
      cwd: here,
      stdout: 'pipe',
      stderr: process.env['BENCH_DEBUG'] === undefined ? 'ignore' : 'inherit',
      env: { ...process.env, NODE_ENV: 'production' },
    })
    const port = await portOf(child.stdout)
    return new ServerProcess(child, port, directory)
  }

  /** CPU of all its threads so far, in milliseconds. */
  cpuMs(): number {
    return cpuMsOf(this.pid)
  }

  /** Resident memory in bytes. */
  rss(): number {
    const pages = readFileSync(`/proc/${this.pid}/statm`, 'utf8').split(' ')[1]
    return Number(pages) * 4_096
  }

  /** Waits until it has nothing to do; what it still did counts. @returns its CPU by then */
  async quiet(): Promise<number> {
    let last = this.cpuMs()
    for (let still = 0, tries = 0; still < 3 && tries < 200; tries++) {
      await Bun.sleep(30)
      const now = this.cpuMs()
      still = now - last < 0.3 ? still + 1 : 0
      last = now
    }
    return last
  }

  /** Ends it; its directory goes as well, unless it is wanted again. */
  async stop(keepDirectory = false, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#child.kill(signal)
    await this.#child.exited
    if (!keepDirectory) await rm(this.#directory, { recursive: true, force: true })
  }

  /** Where it keeps what it keeps. */
  get directory(): string {
    return this.#directory
  }
}

async function portOf(output: ReadableStream<Uint8Array>): Promise<number> {
  let told = ''
  for await (const chunk of output) {
    told += new TextDecoder().decode(chunk)
    const port = /serves (?:http:\/\/[^:]+:)?(\d+)/.exec(told)?.[1]
    if (port !== undefined) return Number(port)
  }
  throw new Error(`the server ended: ${told}`)
}
