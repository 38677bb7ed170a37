import { describe, expect, test } from 'bun:test'
import { allFiles, codeFiles, read } from './checkout.ts'
import { folderViolations } from './folders.ts'
import { barrelViolations, focusViolations, sizeViolations } from './checks/form.ts'
import { globalViolations } from './checks/globals.ts'
import { packageViolations } from './packages.ts'
import { listeningViolations } from './checks/listening.ts'
import { lockViolations, pinViolations, scriptViolations, yjsViolations } from './checks/pins.ts'
import type { LockFile, Manifest } from './checks/pins.ts'
import { ruleIds, ruleViolations, testNames } from './rules.ts'
import type { SourceFile } from './source.ts'
import { lockAddressViolations, traceViolations } from './checks/traces.ts'

const code = codeFiles()
const all = allFiles()
const tests = code.filter(({ path }) => /^(?:test|persistence\/contract)\//.test(path))
const spec = read('SPEC.md').text
const manifest: Manifest = JSON.parse(read('package.json').text)
const lock: LockFile = JSON.parse(read('package-lock.json').text)

type Check = (file: SourceFile) => readonly string[]

function violations(check: Check, files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(check)
}

describe('the checkout', () => {
  test('HOUSE-1: every folder imports only what its row in the table allows', () => {
    expect(violations(folderViolations, code)).toEqual([])
  })
  test('HOUSE-2: packages, Bun and Node are used only where they have business', () => {
    expect(violations(packageViolations, code)).toEqual([])
  })
  test('HOUSE-3: environment, exit, console, clock and chance have few places', () => {
    expect(violations(globalViolations, code)).toEqual([])
  })
  test('HOUSE-4: no file has over 300 lines or 100 columns', () => {
    expect(violations(sizeViolations, code)).toEqual([])
  })
  test('HOUSE-5: rules and tests name each other', () => {
    expect(ruleViolations(spec, tests)).toEqual([])
  })
  test('HOUSE-6: no file only re-exports', () => {
    expect(violations(barrelViolations, code)).toEqual([])
  })
  test('HOUSE-7: no test keeps others from running', () => {
    expect(violations(focusViolations, tests)).toEqual([])
  })
  test('HOUSE-8: no file names a path of one machine or a package registry', () => {
    expect(violations(traceViolations, all)).toEqual([])
  })
  test('SERVER-8: nothing that listens shares its port, nor does an example of a page', () => {
    expect(violations(listeningViolations, all)).toEqual([])
  })
  test('HOUSE-9: lock files hold no download addresses', () => {
    const locks = all.filter(({ path }) => /(?:package-lock\.json|bun\.lock)$/.test(path))
    expect(locks.length).toBeGreaterThan(0)
    expect(violations(lockAddressViolations, locks)).toEqual([])
  })
  test('HOUSE-10: there is one yjs, and it is the pinned one', () => {
    expect(yjsViolations(manifest, lock)).toEqual([])
  })
  test('HOUSE-11: every dependency is pinned to one version', () => {
    expect(pinViolations(manifest)).toEqual([])
    const bench: Manifest = JSON.parse(read('bench/package.json').text)
    expect(pinViolations(bench)).toEqual([])
    expect(bench.dependencies?.['yjs']).toBe(manifest.devDependencies?.['yjs'] ?? '')
    expect(Object.keys(manifest.devDependencies ?? {})).toContain('yjs')
  })
  test('HOUSE-18: the lock file is whole, for every platform', () => {
    expect(lockViolations(manifest, lock)).toEqual([])
  })
  test('HOUSE-12: the licence is MIT', () => {
    expect(read('LICENSE').text).toStartWith('MIT License\n')
    expect(manifest.license).toBe('MIT')
  })
  test('HOUSE-13: the checks have looked at the whole checkout', () => {
    const folders = ['base', 'update', 'document', 'room', 'server'].map((name) => `src/${name}/`)
    for (const folder of [...folders, 'persistence/', 'editor-demo/', 'test/', 'scripts/']) {
      expect(code.filter(({ path }) => path.startsWith(folder)).length, folder).toBeGreaterThan(1)
    }
    expect(all.map(({ path }) => path)).toContain('.ci/run')
    expect(all.some(({ path }) => path.includes('node_modules'))).toBe(false)
    expect(ruleIds(spec)).toContain('HOUSE-13')
    expect(tests.flatMap(testNames).length).toBeGreaterThan(20)
  })
})

/** A file that a check must find fault with, and one much like it that it must let pass. */
type Example = readonly [what: string, check: Check, path: string, bad: string, good: string]

const machine = (folder: string): string => `/${folder}/`
const registry = ['regis', 'try'].join('')
const long = (columns: number): string => `${'x'.repeat(columns)}\n`

const examples: readonly Example[] = [
  [
    'an arrow against the grain',
    folderViolations,
    'src/protocol/wire.ts',
    "import {\n  a,\n} from '../room/room.ts'",
    "import {\n  a,\n} from '../base/limits.ts'",
  ],
  [
    'a type from above',
    folderViolations,
    'src/base/a.ts',
    "import type { A } from '../server/a.ts'",
    "// import type { A } from '../server/a.ts'",
  ],
  [
    'a port as a value',
    folderViolations,
    'src/storage/journal.ts',
    "import { Store } from '../../persistence/store.ts'",
    "import { type Store } from '../../persistence/store.ts'",
  ],
  [
    'a store beside the port',
    folderViolations,
    'src/storage/journal.ts',
    "import type { A } from '../../persistence/sqlite/store.ts'",
    "import { Batch } from '../../persistence/batch.ts'",
  ],
  [
    'a re-export',
    folderViolations,
    'persistence/a.ts',
    "export * from '../src/base/errors.ts'",
    "export * from './errors.ts'",
  ],
  [
    'import()',
    folderViolations,
    'src/auth/a.ts',
    "const a = await import('../server/a.ts')",
    "const a = 'import(../server/a.ts)'",
  ],
  [
    'a worker by its address',
    folderViolations,
    'editor-demo/a.ts',
    "new Worker(new URL('../src/a.ts', import.meta.url))",
    "new Worker(new URL('./a-worker.ts', import.meta.url))",
  ],
  [
    'a bare import',
    folderViolations,
    'src/client/a.ts',
    "import '../base/a.ts'",
    "import './a.css'",
  ],
  ['a folder that nobody planned', folderViolations, 'src/utils/a.ts', '', ''],
  [
    'yjs beside the domain',
    packageViolations,
    'src/server/a.ts',
    "import * as Y from 'yjs'",
    'const yjs = 1 // from yjs',
  ],
  [
    'lib0 beside the protocols',
    packageViolations,
    'src/ydoc/a.ts',
    "import { x } from 'lib0/encoding'",
    "import { x } from 'yjs'",
  ],
  [
    'Node in the domain',
    packageViolations,
    'src/document/a.ts',
    "import { x } from 'node:fs'",
    "const x = 'node:fs'",
  ],
  [
    'Bun in the domain',
    packageViolations,
    'src/document/a.ts',
    'Bun.hash(bytes)',
    '/* Bun.hash */ a.Bun.hash',
  ],
  [
    'bun:sqlite in a protocol',
    packageViolations,
    'src/protocol/a.ts',
    "import { Database } from 'bun:sqlite'",
    "import { x } from 'lib0/decoding'",
  ],
  [
    'a package that is only for tests',
    packageViolations,
    'persistence/a.ts',
    "import fc from 'fast-check'",
    "import { Database } from 'bun:sqlite'",
  ],
  [
    'the environment',
    globalViolations,
    'src/server/a.ts',
    'f(process.env["PORT"])',
    'f("process.env")',
  ],
  ['exit', globalViolations, 'src/server/a.ts', 'process.exit(1)', 'room.exit(1)'],
  ['console', globalViolations, 'src/document/a.ts', "console.log('x')", "log.console.log('x')"],
  ['Date.now', globalViolations, 'src/document/a.ts', '`${Date.now()}`', '`Date.now()`'],
  ['new Date()', globalViolations, 'src/document/a.ts', 'new Date()', 'new Date(clock.now())'],
  ['a timer', globalViolations, 'src/server/a.ts', 'setTimeout(f, 1)', 'clock.setTimeout(f, 1)'],
  ['a timer handed on', globalViolations, 'src/server/a.ts', 'f(setTimeout)', 'f(this.setTimeout)'],
  ['chance', globalViolations, 'src/document/a.ts', 'x / Math.random()', '/Math.random()/.test(x)'],
  ['an id by chance', globalViolations, 'src/base/a.ts', 'crypto.randomUUID()', 'crypto.subtle'],
  ['301 lines', sizeViolations, 'a.ts', 'x\n'.repeat(301), 'x\n'.repeat(300)],
  ['101 columns', sizeViolations, 'a.ts', long(101), long(100)],
  [
    'a barrel',
    barrelViolations,
    'a.ts',
    "// all of it\nexport { a } from './a.ts'\nexport type * from './b.ts'\n",
    "export { a } from './a.ts'\nexport const b = 1\n",
  ],
  ['a focused test', focusViolations, 'a.test.ts', "test.only('x', f)", "test('.only(', f)"],
  ['a path of one machine', traceViolations, 'a.md', `in ${machine('home')}x`, 'at b/home/x'],
  ['a folder for scraps', traceViolations, 'a.ts', `'${machine('tmp')}x'`, "join(tmpdir(), 'x')"],
  [
    'a shared port',
    listeningViolations,
    'README.md',
    'Bun.serve({ a })',
    'Bun.serve({ reusePort: false })',
  ],
  ['a registry', traceViolations, 'a.md', `at ${registry}.example.org`, 'a registry.'],
  [
    'a download address',
    lockAddressViolations,
    'package-lock.json',
    '"resolved": "https://example.org/a-1.0.0.tgz"',
    '"integrity": "sha512-x", "funding": { "url": "https://example.org/a" }',
  ],
]

describe('the checks themselves', () => {
  test.each([...examples])('HOUSE-14: a check finds %s', (_, check, path, bad, good) => {
    expect(check({ path, text: bad })).not.toEqual([])
    const fine = path.startsWith('src/utils/') ? path.replace('utils', 'base') : path
    expect(check({ path: fine, text: good })).toEqual([])
  })

  const specOf = (...ids: readonly string[]): string =>
    ids.map((id) => `- **${id}** Something is so.\n`).join('')
  const testsOf = (text: string): readonly SourceFile[] => [{ path: 'a.test.ts', text }]

  test.each([
    ['a rule without a test', specOf('A-1', 'A-2'), "test('A-1: x', f)", 'no test proves A-2'],
    ['a test without a rule', specOf(), "test('A-1: x', f)", 'SPEC.md has no A-1'],
    ['a test without an id', specOf(), "test('x', f)", 'no rule leads "x"'],
    ['an id in the middle', specOf(), "test.if(f(x))('x A-1: x', f)", 'no rule leads'],
    ['a rule that is there twice', specOf('A-1', 'A-1'), "test('A-1: x', f)", 'A-1 twice'],
    ['a test that is commented out', specOf('A-1'), "// test('A-1: x', f)", 'no test proves A-1'],
  ])('HOUSE-14: a check finds %s', (_, rules, text, sentence) => {
    expect(ruleViolations(rules, testsOf(text)).join('\n')).toContain(sentence)
  })

  test.each([
    ["test('A-1: x', f)"],
    ["test.each([(1)])('A-1: %s', f)"],
    ["test.skipIf(a(b))(\n  'A-1: x',\n  f)"],
    ['test(`A-1: ${store} x`, f)'],
    ["test('A-1, A-1: x', f); it.failing('A-1: x', f); re.test('x')"],
  ])('HOUSE-14: a check knows a test in the form %j', (text) => {
    expect(ruleViolations(specOf('A-1'), testsOf(text))).toEqual([])
  })

  test('HOUSE-14: a check finds a version that is open, and a second yjs', () => {
    expect(pinViolations({ devDependencies: { a: '^1.0.0', b: '1.0.0' } })).toHaveLength(1)
    const one = { 'node_modules/yjs': { version: '1.0.0' } }
    const two = { ...one, 'node_modules/a/node_modules/yjs': { version: '1.0.0' } }
    const pinned = (yjs: string): Manifest => ({ devDependencies: { yjs } })
    expect(yjsViolations(pinned('1.0.0'), { packages: one })).toEqual([])
    expect(yjsViolations(pinned('1.0.0'), { packages: two })).not.toEqual([])
    expect(yjsViolations(pinned('1.0.1'), { packages: one })).not.toEqual([])
  })

  test('HOUSE-14: a check finds an install script of which nobody has said anything', () => {
    const packages = { 'node_modules/a': { hasInstallScript: true }, 'node_modules/b': {} }
    expect(scriptViolations({}, { packages })).toHaveLength(1)
    expect(scriptViolations({ allowScripts: { a: false } }, { packages })).toEqual([])
  })

  test('HOUSE-14: a check finds a lock file that npm ci would refuse', () => {
    const dependencies = { a: '1.0.0' }
    const a = { optionalDependencies: { '@a/linux': '1.0.0' } }
    const torn = { '': { dependencies }, 'node_modules/a': a }
    const whole = { ...torn, 'node_modules/@a/linux': {} }
    expect(lockViolations({ dependencies }, { packages: whole })).toEqual([])
    expect(lockViolations({ dependencies }, { packages: torn })).toHaveLength(1)
    expect(lockViolations({ dependencies: { a: '2.0.0' } }, { packages: whole })).toHaveLength(1)
  })
})
