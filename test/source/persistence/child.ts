import { join } from 'node:path'

const program = join(import.meta.dir, 'append-child.ts')

/** A process that appends (`append-child.ts`). */
export interface Appender {
  readonly pid: number
  /** What it printed last: the number of the last batch that resolved, or a refusal's kind. */
  last(): string
  /** Resolves when it has printed so many lines. */
  printed(lines: number): Promise<void>
  /** `kill -9`; resolves when it is gone and everything that it printed is known. */
  kill(): Promise<void>
  /** Resolves when it has ended by itself. */
  ended(): Promise<void>
}

export interface AppenderOptions {
  /** After these it waits to be killed; without, it goes on for ever. */
  readonly batches?: number
  /** No file that it writes may grow beyond this. */
  readonly fileKilobytesMax?: number
}

export function startAppender(directory: string, options: AppenderOptions = {}): Appender {
  const { batches = Infinity, fileKilobytesMax } = options
  const limit = fileKilobytesMax === undefined ? '' : `trap '' XFSZ; ulimit -f ${fileKilobytesMax};`
  const script = `${limit} exec "$0" "$@"`
  const child = Bun.spawn(
    ['bash', '-c', script, process.execPath, program, directory, `${batches}`],
    { stdout: 'pipe', stderr: 'inherit' },
  )
  let text = ''
  let looked = (): void => {}
  const complete = (): readonly string[] => text.split('\n').slice(0, -1)
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true })
      looked()
    }
    looked()
  }
  const reading = read()
  const gone = async (): Promise<void> => {
    await Promise.all([child.exited, reading])
  }
  return {
    pid: child.pid,
    last: () => complete().at(-1) ?? '',
    async printed(lines: number): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      looked = (): void => {
        if (complete().length >= lines) resolve()
        else if (child.exitCode !== null) reject(new Error(`it ended after: ${text}`))
      }
      looked()
      await promise
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL')
      await gone()
    },
    ended: gone,
  }
}
