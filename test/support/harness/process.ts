import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pairsAt, startPair } from '../cluster/pair.ts'

/** The server itself. */
export const serverCommand = [process.execPath, resolve(import.meta.dir, '../../../src/main.ts')]

/** A ytopic in a process of its own. */
export interface ServerProcess {
  readonly port: number
  readonly url: string
  readonly http: string
  readonly pid: number
  /** Everything that it printed so far. */
  output(): string
  /** Sends the signal and resolves to the exit code once it is gone. */
  end(signal: NodeJS.Signals): Promise<number>
  /** Resolves to the exit code once it is gone by itself. */
  readonly gone: Promise<number>
}

/**
 * Starts `ytopic serve` on that directory; resolves when it answers.
 * @param command another one that takes the same flags and says the same when it answers
 */
export async function startProcess(
  data: string,
  port = 0,
  flags: readonly string[] = [],
  command: readonly string[] = serverCommand,
): Promise<ServerProcess> {
  if (pairsAt !== undefined && command === serverCommand) {
    return startPair(data, port, pairsAt, (more) => startOne(data, 0, [...flags, ...more]))
  }
  return startOne(data, port, flags, command)
}

/** The same, whatever the suites run against. */
export async function startOne(
  data: string,
  port = 0,
  flags: readonly string[] = [],
  command: readonly string[] = serverCommand,
): Promise<ServerProcess> {
  const words = ['serve', '--data', data, '--port', `${port}`, ...flags]
  const child = Bun.spawn([...command, ...words], { stdout: 'pipe', stderr: 'pipe' })
  const printed: string[] = []
  const ready = Promise.withResolvers<number>()
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      printed.push(decoder.decode(chunk, { stream: true }))
      const address = /serves https?:\/\/[^:]+:(\d+)/.exec(printed.join(''))
      if (address !== null) ready.resolve(Number(address[1]))
    }
  }
  read(child.stdout).catch(ready.reject)
  read(child.stderr).catch(ready.reject)
  child.exited.then(
    (code) => ready.reject(new Error(`ytopic ended with ${code}: ${printed.join('')}`)),
    ready.reject,
  )
  const bound = await ready.promise
  return {
    port: bound,
    url: `ws://127.0.0.1:${bound}`,
    http: `http://127.0.0.1:${bound}`,
    pid: child.pid,
    output: () => printed.join(''),
    end(signal) {
      child.kill(signal)
      return child.exited
    },
    gone: child.exited,
  }
}

/** A fresh directory, and how to remove it. */
export async function freshDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'ytopic-test-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
