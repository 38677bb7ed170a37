import { afterAll, beforeAll, expect, test } from 'bun:test'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Application,
  installedApplication,
  link,
  pack,
  strangerEnvironment,
} from '../../support/harness/package.ts'
import { root } from '../house/checkout.ts'
import { namelessTypes } from './names.ts'

/**
 * What the unpacked package may take: room for what is built (a third of it pages, which are there
 * twice: of this site and for others), not for tests and pictures.
 */
const unpackedBytesMax = 10_500_000
const patienceMs = 120_000

/** An application that has what npm gives it, and nothing else. */
let application: Application

beforeAll(async () => {
  application = await installedApplication('y-websocket@3.1.0')
}, patienceMs)
afterAll(() => application.remove(), patienceMs)

const manifest: {
  readonly devDependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, { readonly types?: string; readonly default: string }>>
} = await Bun.file(join(root, 'package.json')).json()

test('PACKAGE-1: what is packed is what was built, the command and the papers', async () => {
  const { files, unpackedSize } = await pack()
  const own =
    /^(?:dist\/.*\.(?:js|js\.map|d\.ts)|dist\/(?:pages\/.*|editor\/.*\.json)|bin\/[a-z-]+\.mjs)$/
  const papers = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']
  const others = files.map(({ path }) => path).filter((path) => !own.test(path))
  expect(others.toSorted()).toEqual(papers.toSorted())
  expect(unpackedSize).toBeLessThan(unpackedBytesMax)
})

test('PACKAGE-1: every export has types, first, and is known in the checkout', async () => {
  const { files } = await pack()
  const paths = files.map(({ path }) => `./${path}`)
  const config: { compilerOptions: { paths: Record<string, readonly string[]> } } = await Bun.file(
    join(root, 'tsconfig.json'),
  ).json()
  const known: Record<string, readonly string[]> = {}
  for (const [name, target] of Object.entries(manifest.exports)) {
    if (name === './package.json') continue
    expect(Object.keys(target)).toEqual(['types', 'default'])
    expect(paths).toContain(target.types ?? '')
    expect(paths).toContain(target.default)
    const source = target.default.replace('./dist/', './').replace(/\.js$/, '.ts')
    known[name.replace('.', 'ytopic')] = [source]
  }
  expect(config.compilerOptions.paths).toEqual(known)
})

test('PACKAGE-4: every type that is mentioned can be named', () => {
  const installed = join(application.folder, 'node_modules/ytopic')
  const entries = Object.values(manifest.exports).flatMap(({ types }) => types?.slice(2) ?? [])
  const read = (path: string): string => readFileSync(join(installed, path), 'utf8')
  expect(namelessTypes(entries, read)).toEqual([])
})

test('PACKAGE-4: a type that cannot be named is found', () => {
  const files: Record<string, string> = {
    'entry.d.ts': "export { A } from './a.js'\nexport { type B as C } from './b.js'",
    'a.d.ts':
      "import { B } from './b.js'\nimport type { D } from './d.js'\n" +
      'export interface A {\n  b: B\n  d: D\n}\nexport interface E {\n  d: D\n}',
    'b.d.ts': 'export interface B {}',
    'd.d.ts': 'export interface D {}',
  }
  const found = ['A of a.d.ts mentions D, which nobody can name']
  expect(namelessTypes(['entry.d.ts'], (path) => files[path] ?? '')).toEqual(found)
})

test('PACKAGE-2: an application gets neither Bun nor a tool of ours', () => {
  const installed = readdirSync(join(application.folder, 'node_modules'))
  expect(installed).toContain('yjs')
  const asked = new Set(['lib0', 'y-protocols', 'y-websocket', 'yjs'])
  const tools = Object.keys(manifest.devDependencies).filter((name) => !asked.has(name))
  expect(tools).toContain('bun')
  const got = tools.filter((name) => existsSync(join(application.folder, 'node_modules', name)))
  expect(got).toEqual([])
})

test("PACKAGE-2: the client loads in Node and bundles for a page, on the app's yjs", async () => {
  const page = `
    import { trackSaved } from 'ytopic/client'
    globalThis.found = typeof trackSaved`
  await application.write('page.mjs', page)
  await application.write('node.mjs', "import './page.mjs'\nconsole.log(globalThis.found)")
  expect(await application.run('node', 'node.mjs')).toBe('function\n')
  const { outputs, logs } = await Bun.build({
    entrypoints: [join(application.folder, 'page.mjs')],
    target: 'browser',
  })
  expect(logs).toEqual([])
  const text = (await outputs[0]?.text()) ?? ''
  expect(text).toContain('trackSaved')
  expect(text).not.toMatch(/\bBun\b|bun:|node:/)
  // Yjs says so once for each copy that is loaded.
  expect(text.match(/Yjs was already imported/g)).toHaveLength(1)
})

test('ELEMENT-14: its entry loads where there is no page, and bundles in parts', async () => {
  const page = `
    import { YtopicEditor } from 'ytopic/editor'
    import 'ytopic/editor/react'
    globalThis.found = YtopicEditor.observedAttributes.join()`
  await application.write('element.mjs', page)
  await application.write('no-page.mjs', "import './element.mjs'\nconsole.log(globalThis.found)")
  expect(await application.run('node', 'no-page.mjs')).toContain('document,frame,kind')
  const { outputs, logs } = await Bun.build({
    entrypoints: [join(application.folder, 'element.mjs')],
    target: 'browser',
    splitting: true,
  })
  expect(logs).toEqual([])
  const isEntry = ({ kind }: Bun.BuildArtifact): boolean => kind === 'entry-point'
  const parts = [...outputs.filter(isEntry), ...outputs.filter((output) => !isEntry(output))]
  const [entry, ...chunks] = await Promise.all(parts.map((output) => output.text()))
  expect(entry).toContain('ytopic-editor')
  expect(entry).not.toContain('ProseMirror-widget')
  const all = [entry, ...chunks].join('')
  expect(all).toContain('ProseMirror-widget')
  expect(all).not.toMatch(/\bBun\.|["'](?:bun|node):/)
  expect(all.match(/Yjs was already imported/g)).toHaveLength(1)
})

test('PACKAGE-3: without Bun the command says in one line how to get it', async () => {
  const command = Bun.spawn([join(application.folder, 'node_modules/.bin/ytopic'), 'serve'], {
    cwd: application.folder,
    env: strangerEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = await new Response(command.stderr).text()
  expect(await command.exited).toBe(1)
  expect(said).toMatch(/^ytopic: runs on Bun [\d.]+ or newer, .*"npm install bun"\n$/)
})

test.each([
  [
    'too old',
    'echo 1.4.0',
    /needs Bun 1\.4\.5 or newer, but \S+ is 1\.4\.0; update it with "npm i/,
  ],
  [
    'a placeholder',
    'exit 1',
    /does not run: npm has not run Bun's install script; "npm rebuild bun"/,
  ],
])('PACKAGE-3: a Bun that is %s is told from none', async (what, does, sentence) => {
  const program = join(what.replaceAll(' ', '-'), 'bun')
  await application.write(program, `#!/bin/sh\n${does}\n`)
  const folder = join(application.folder, program, '..')
  chmodSync(join(folder, 'bun'), 0o755)
  const command = Bun.spawn([join(application.folder, 'node_modules/.bin/ytopic')], {
    cwd: application.folder,
    env: { ...strangerEnvironment, PATH: `${folder}:${strangerEnvironment['PATH']}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  expect(await new Response(command.stderr).text()).toMatch(sentence)
  expect(await command.exited).toBe(1)
})

test('PACKAGE-3: on the Bun of the application or the one on PATH it serves a page', async () => {
  const onPath = { ...strangerEnvironment, PATH: `${bunFolder()}:${strangerEnvironment['PATH']}` }
  expect(await firstPage(onPath)).toContain('<title>')
  await link(application, 'bun')
  expect(await firstPage(strangerEnvironment)).toContain('<title>')
}, 60_000)

/** A folder with a Bun under the name that people have on PATH. */
function bunFolder(): string {
  const folder = join(application.folder, 'programs')
  Bun.spawnSync(['mkdir', '-p', folder])
  symlinkSync(process.execPath, join(folder, 'bun'))
  return folder
}

/** What a server that is started by its command shows at `/`. */
async function firstPage(env: Record<string, string | undefined>): Promise<string> {
  const ytopic = join(application.folder, 'node_modules/.bin/ytopic')
  const command = [ytopic, '--port', '0', '--data', 'data']
  const server = Bun.spawn(command, {
    cwd: application.folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of server.stdout) {
    said += new TextDecoder().decode(chunk)
    if (said.includes('\n')) break
  }
  const page = await (await fetch(/http:\S+/.exec(said)?.[0] ?? '')).text()
  const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? []
  const loaded = await fetch(new URL(script, /http:\S+/.exec(said)?.[0]))
  expect(loaded.headers.get('content-type')).toContain('javascript')
  server.kill('SIGTERM')
  expect(await server.exited).toBe(0)
  return page
}

const settings = ['nodenext', 'bundler'].flatMap((resolution) =>
  [true, false].flatMap((skipLibCheck) =>
    [true, false].map((exact) => [resolution, skipLibCheck, exact] as const),
  ),
)

test.each(settings)(
  'PACKAGE-4: what users write compiles: %s, skipLibCheck %p, exactOptionalPropertyTypes %p',
  async (moduleResolution, skipLibCheck, exactOptionalPropertyTypes) => {
    const shared = {
      target: 'ESNext',
      module: moduleResolution === 'nodenext' ? 'nodenext' : 'preserve',
      moduleResolution,
      skipLibCheck,
      exactOptionalPropertyTypes,
      strict: true,
      noEmit: true,
    }
    await consume()
    for (const name of ['@types/bun', '@types/node', 'bun-types', 'undici-types']) await have(name)
    const server = { ...shared, lib: ['ESNext'], types: ['bun'] }
    const client = { ...shared, lib: ['ESNext', 'DOM', 'DOM.Iterable'], types: [] }
    for (const name of ['@types/react', 'csstype']) await have(name)
    const element = { ...client, jsx: 'react-jsx' }
    const programs = { 'server.ts': server, 'client.ts': client, 'element.tsx': element }
    const compiled = Object.entries(programs).map(async ([file, compilerOptions]) => {
      const config = `${file}.json`
      await application.write(config, JSON.stringify({ compilerOptions, files: [file] }))
      await application.run(join(root, 'node_modules/.bin/tsc'), '--project', config)
    })
    await Promise.all(compiled)
  },
  60_000,
)

test('PACKAGE-5: the newest yjs of the range serves, saves and restores', async () => {
  await consume()
  expect(await application.run(process.execPath, 'round.ts')).toBe(round)
})

test(
  'PACKAGE-5: so does the lowest, with the lowest lib0 and y-protocols',
  async () => {
    const { lib0, 'y-protocols': protocols, yjs } = manifest.peerDependencies
    const peers = { lib0, 'y-protocols': protocols, yjs }
    const lowest = Object.entries(peers).map(([name, range]) => `${name}@${range?.slice(1)}`)
    const old = await installedApplication('y-websocket@3.1.0', ...lowest)
    cpSync(join(import.meta.dir, 'consumer', 'round.ts'), join(old.folder, 'round.ts'))
    const installed: object[] = [await old.run('npm', 'ls', '--json', '--depth=0')].map((text) =>
      JSON.parse(text),
    )
    for (const [name, range] of Object.entries(peers)) {
      expect(installed[0]).toHaveProperty(['dependencies', name, 'version'], range?.slice(1))
    }
    expect(await old.run(process.execPath, 'round.ts')).toBe(round)
    const about = 'node_modules/yjs/package.json'
    const told: object = await Bun.file(join(old.folder, about)).json()
    await old.write(about, JSON.stringify({ ...told, version: '13.6.30' }, null, 2))
    const refused = old.run(process.execPath, 'node_modules/ytopic/dist/src/main.js')
    expect(refused).rejects.toThrow(`is version 13.6.30; the server needs another: npm install`)
    await refused.catch(() => undefined)
    await old.remove()
  },
  patienceMs,
)

const round = 'hello hello {"list":[1,2]} {"m":{"list":[1,2]},"t":"hello"}\n'

/** Gives the application the programs of a user. */
async function consume(): Promise<void> {
  cpSync(join(import.meta.dir, 'consumer'), application.folder, { recursive: true })
}

/** Links a package of types that a user installs. */
async function have(name: string): Promise<void> {
  await link(application, name).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
}
