import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** The checkout. */
const root = resolve(import.meta.dir, '../../..')

/** The package as it would be published. */
export interface Packed {
  readonly tarball: string
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

let packing: Promise<Packed> | undefined

/** Packs the checkout, once however many ask. */
export function pack(): Promise<Packed> {
  return (packing ??= packNow())
}

async function packNow(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'ytopic-pack-'))
  process.on('exit', () => Bun.spawnSync(['rm', '-rf', folder]))
  const told = await run(root, 'npm', 'pack', '--json', '--pack-destination', folder)
  const [packed]: readonly (Packed & { filename: string })[] = JSON.parse(told)
  if (packed === undefined) throw new Error('npm has packed nothing')
  return { ...packed, tarball: join(folder, packed.filename) }
}

/** An application in a folder of its own. */
export interface Application {
  readonly folder: string
  /** Runs a program in the folder. @returns its output @throws Error with all it said */
  run(...command: readonly string[]): Promise<string>
  write(path: string, text: string): Promise<void>
  remove(): Promise<void>
}

/**
 * An application that has installed the package with npm, and what else is named.
 * @param packages as for `npm install`
 */
export async function installedApplication(...packages: readonly string[]): Promise<Application> {
  const { tarball } = await pack()
  const application = await emptyApplication()
  await application.run('npm', 'install', '--no-audit', '--no-fund', tarball, ...packages)
  return application
}

/**
 * An application that has installed what a package.json asks for: the package itself from here, and
 * no Bun, which a test runs under anyway.
 * @param manifest path of the package.json
 */
export async function installedFrom(manifest: string): Promise<Application> {
  const { tarball } = await pack()
  const application = await emptyApplication()
  const { dependencies: all, devDependencies, overrides } = await Bun.file(manifest).json()
  const { bun: _bun, ...dependencies } = all
  dependencies['ytopic'] = `file:${tarball}`
  await application.write(
    'package.json',
    JSON.stringify({ private: true, type: 'module', dependencies, devDependencies, overrides }),
  )
  await application.run('npm', 'install', '--no-audit', '--no-fund')
  return application
}

/**
 * The same without npm: the package itself, and everything else from this checkout. For what needs
 * packages that are installed here anyway.
 */
export async function linkedApplication(): Promise<Application> {
  const { tarball } = await pack()
  const application = await emptyApplication()
  const modules = join(application.folder, 'node_modules')
  await mkdir(join(modules, 'ytopic'), { recursive: true })
  await run(modules, 'tar', 'xzf', tarball, '-C', 'ytopic', '--strip-components=1')
  const installed = await readdir(join(root, 'node_modules'))
  for (const name of installed.filter((entry) => !entry.startsWith('.') && entry !== 'ytopic')) {
    await link(application, name)
  }
  return application
}

/** Lets the application have a package that is installed in this checkout. */
export async function link(application: Application, name: string): Promise<void> {
  const path = join(application.folder, 'node_modules', name)
  await mkdir(dirname(path), { recursive: true })
  await symlink(join(root, 'node_modules', name), path)
}

async function emptyApplication(): Promise<Application> {
  const folder = await mkdtemp(join(tmpdir(), 'ytopic-application-'))
  const write = async (path: string, text: string): Promise<void> => {
    await Bun.write(join(folder, path), text)
  }
  await write('package.json', JSON.stringify({ private: true, type: 'module' }))
  return {
    folder,
    run: (...command) => run(folder, ...command),
    write,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The checkout's own tools and Bun are no part of what an application has. */
export const strangerEnvironment: Record<string, string | undefined> = {
  ...process.env,
  PATH: (process.env['PATH'] ?? '')
    .split(':')
    .filter((folder) => !folder.startsWith(root) && !/\bbun\b|node-gyp-bin/.test(folder))
    .join(':'),
}

async function run(cwd: string, ...command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], {
    cwd,
    env: strangerEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, said] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) === 0) return out
  throw new Error(`${command.join(' ')} ended with ${child.exitCode}:\n${out}${said}`)
}
