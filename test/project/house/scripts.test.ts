import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { read, root } from './checkout.ts'
import { type LockFile, type Manifest, scriptViolations } from './checks/pins.ts'

/** A checkout with the real scripts, the real packages, and a server that only tells. */
let folder = ''

const server = `
  process.on('SIGINT', () => console.log('SIGINT'))
  process.on('SIGTERM', () => process.exit(7))
  if (process.argv.includes('--die')) process.kill(process.pid, 'SIGUSR2')
  setInterval(() => {}, 1000)
  console.log('ready', ...process.argv.slice(2))
`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ytopic-scripts-'))
  for (const name of ['bin', 'scripts', 'package.json', 'package-lock.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'src', 'main.ts'), server)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['', 'bench/'])(
  'HOUSE-19: of install scripts in "%s" it is said if they may run',
  (at) => {
    const manifest: Manifest = JSON.parse(read(`${at}package.json`).text)
    const lock: LockFile = JSON.parse(read(`${at}package-lock.json`).text)
    expect(scriptViolations(manifest, lock)).toEqual([])
  },
)

describe('npm start', () => {
  function start(...command: readonly string[]): Bun.Subprocess<'ignore', 'pipe', 'inherit'> {
    return Bun.spawn([...command], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  }

  test('HOUSE-15: start hands on its arguments, each signal once, and the exit code', async () => {
    const starting = start('npm', 'start', '--silent', '--', '--port', '0')
    const output = new Lines(starting.stdout)
    expect(await output.next()).toBe('ready serve --port 0')
    // As when the terminal gives it to every process and npm hands it on besides.
    starting.kill('SIGINT')
    starting.kill('SIGINT')
    expect(await output.next()).toBe('SIGINT')
    starting.kill('SIGTERM')
    expect(await starting.exited).toBe(7)
    expect(await output.next()).toBeUndefined()
  })

  test('HOUSE-15: start ends by the signal that ended the server', async () => {
    const starting = start('node', 'scripts/start.mjs', '--die')
    await starting.exited
    expect(starting.signalCode).toBe('SIGUSR2')
  })

  test('HOUSE-16: no server stays behind when start is killed outright', async () => {
    const starting = start('node', 'scripts/start.mjs')
    const output = new Lines(starting.stdout)
    expect(await output.next()).toBe('ready serve')
    starting.kill('SIGKILL')
    // The end of the output: the last process that could write to it is gone.
    expect(await output.next()).toBeUndefined()
  })
})

describe('npm test', () => {
  const pass = "test('one', () => {})\n"
  /** Everything that can go wrong in a file of tests, and what the count must be. */
  const files = [
    ['passing', pass, { passed: 1, failed: 0 }],
    ['failing', `${pass}test('two', () => { expect(1).toBe(2) })`, { passed: 1, failed: 1 }],
    ['skipped', `${pass}test.skip('"two"', () => {})`, { passed: 1, failed: 0 }],
    ['only skipped', "test.skip('one', () => {})", { passed: 0, failed: 1 }],
    ['not loading', `${pass}import './nothing.ts'`, { passed: 0, failed: 1 }],
    ['throwing while loading', `${pass}throw new Error('x')`, { passed: 0, failed: 1 }],
    ['without tests', 'export const x = 1', { passed: 0, failed: 1 }],
    ['with a failing hook', `${pass}beforeAll(() => { throw 1 })`, { passed: 0, failed: 1 }],
    ['leaving early', `${pass}test('two', () => process.exit(0))`, { passed: 0, failed: 1 }],
    ['killed', `${pass}test('two', () => process.abort())`, { passed: 0, failed: 1 }],
    [
      'with an error between tests',
      `${pass}afterAll(() => { setTimeout(() => { throw 1 }); return Bun.sleep(50) })`,
      { passed: 1, failed: 1 },
    ],
  ] as const

  test.each([...files])('HOUSE-17: a file %s is counted as it is', async (_, text, counts) => {
    const { passed, failed } = await count({ 'a.test.ts': text })
    expect({ passed, failed }).toEqual(counts)
  })

  test('HOUSE-17: a file that does not load counts beside tests that fail', async () => {
    const { passed, failed, lost } = await count({
      'a.test.ts': `${pass}test('two', () => { expect(1).toBe(2) })`,
      'deep/b.test.ts': "import './nothing.ts'",
    })
    expect({ passed, failed }).toEqual({ passed: 1, failed: 2 })
    expect(lost).toEqual(['test/deep/b.test.ts: no test of this file ran'])
  })

  test('HOUSE-20: it says at once what it does', async () => {
    const starting = Bun.spawn(['node', 'scripts/test.mjs'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    expect(await new Lines(starting.stderr).next()).toStartWith('Checking types, ')
    starting.kill('SIGKILL')
    await starting.exited
  })

  test('HOUSE-20: it says which file it is in when nothing happens for a while', async () => {
    const slow = `${pass}test('two', () => Bun.sleep(1_000))`
    const { passed, said } = await count({ 'a.test.ts': slow }, [], 100)
    expect(passed).toBe(2)
    expect(said).toStartWith('Running the tests of 1 files.\n')
    expect(said).toContain('... still in test/a.test.ts; 1 tests of 1 files so far\n')
  })

  test('HOUSE-27: what was printed of a failure comes again at the end', async () => {
    const { failures } = await count({
      'a.test.ts':
        `${pass}test('two', () => { expect({ a: 1 }).toEqual({ a: 2 }) })\n` +
        `test('three', () => Bun.sleep(500), 20)\ntest('four', () => {})`,
      'b.test.ts': "test('five', () => { throw new Error('not so') })",
    })
    expect(failures).toHaveLength(3)
    expect(failures[0]).toMatch(
      /^test\/a\.test\.ts:\n[^]*-   "a": 2,\n\+   "a": 1,[^]*\(fail\) two/,
    )
    expect(failures[1]).toMatch(
      /^test\/a\.test\.ts:\n\(fail\) three .*\n.* timed out after 20ms\.$/,
    )
    expect(failures[2]).toMatch(/^test\/b\.test\.ts:\n[^]*error: not so\n[^]*\(fail\) five/)
  })

  test('HOUSE-17: no test at all is a failure, and a skipped one is named', async () => {
    const nothing = await count({ 'a.test.ts': pass }, ['nowhere'])
    expect(nothing).toMatchObject({ passed: 0, failed: 1 })
    const skipping = await count({ 'a.test.ts': `${pass}test.todo('"a" < b')` })
    expect(skipping).toMatchObject({ passed: 1, failed: 0, skipped: ['"a" < b'] })
  })
})

interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly string[]
  readonly failures: readonly string[]
  readonly lost: readonly string[]
  /** What was told on the way. */
  readonly said: string
}

/** Runs these files as the folder `test` of a checkout. */
async function count(
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  silence = 10_000,
): Promise<Outcome> {
  const place = mkdtempSync(join(folder, 'run-'))
  for (const [name, text] of Object.entries(files)) {
    const imports = "import { afterAll, beforeAll, expect, test } from 'bun:test'\n"
    mkdirSync(join(place, 'test', name, '..'), { recursive: true })
    writeFileSync(join(place, 'test', name), imports + text)
  }
  const run = JSON.stringify({ bun: process.execPath, root: place, args, silence })
  const runner = JSON.stringify(join(root, 'scripts/testing/bun-test.mjs'))
  const program = `import { runBunTests } from ${runner}
    console.log(JSON.stringify(await runBunTests(${run})))`
  const node = Bun.spawn(['node', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, said] = await Promise.all([
    new Response(node.stdout).text(),
    new Response(node.stderr).text(),
  ])
  return { ...JSON.parse(out.trim().split('\n').at(-1) ?? ''), said }
}

/** The lines of a process's output, one at a time. */
class Lines {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  #rest = ''

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader()
  }

  /** The next line, or undefined at the end. */
  async next(): Promise<string | undefined> {
    while (!this.#rest.includes('\n')) {
      const { value, done } = await this.#reader.read()
      if (done) return undefined
      this.#rest += this.#decoder.decode(value, { stream: true })
    }
    const [line = '', ...others] = this.#rest.split('\n')
    this.#rest = others.join('\n')
    return line
  }
}
