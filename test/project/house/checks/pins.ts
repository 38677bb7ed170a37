/** A plain version, or one under another name: several versions of a client are tested. */
const exact = /^(?:npm:@?[\w./-]+@)?\d+\.\d+\.\d+$/

/** What this check reads of package.json. */
export interface Manifest {
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  /** Which packages may run their install scripts; npm warns of those that are not named. */
  readonly allowScripts?: Readonly<Record<string, boolean>>
}

interface Locked extends Manifest {
  readonly version?: string
  readonly hasInstallScript?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** What this check reads of package-lock.json; the entry `''` repeats package.json. */
export interface LockFile {
  readonly packages: Readonly<Record<string, Locked>>
}

/** Dependencies that are not pinned to one version, one sentence each. */
export function pinViolations({ dependencies, devDependencies }: Manifest): readonly string[] {
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => !exact.test(version))
    .map(([name, version]) => `${name} is not pinned exactly: ${version}`)
}

/** Two copies of yjs break its constructor checks: there must be one, the pinned one. */
export function yjsViolations(manifest: Manifest, lock: LockFile): readonly string[] {
  const copies = Object.keys(lock.packages).filter((path) =>
    /(?:^|\/)node_modules\/yjs$/.test(path),
  )
  if (copies.length !== 1) return [`yjs is installed ${copies.length} times: ${copies.join(', ')}`]
  const locked = lock.packages['node_modules/yjs']?.version
  const pinned = manifest.devDependencies?.['yjs']
  return locked === pinned ? [] : [`yjs is pinned to ${pinned} and locked at ${locked}`]
}

/** Why `npm ci` would refuse the lock file, on this platform or another, one sentence each. */
export function lockViolations(manifest: Manifest, lock: LockFile): readonly string[] {
  const paths = Object.keys(lock.packages)
  const missing = Object.values(lock.packages)
    .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
    .filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))
    .map((name) => `package-lock.json lacks ${name}`)
  const { dependencies, devDependencies, peerDependencies } = lock.packages[''] ?? {}
  const same =
    Bun.deepEquals(dependencies, manifest.dependencies) &&
    Bun.deepEquals(devDependencies, manifest.devDependencies) &&
    Bun.deepEquals(peerDependencies, manifest.peerDependencies)
  return same ? missing : ['package-lock.json was made for another package.json', ...missing]
}

/** Install scripts that package.json neither allows nor forbids, one sentence each. */
export function scriptViolations({ allowScripts = {} }: Manifest, lock: LockFile): string[] {
  return Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
    .filter((name) => !(name in allowScripts))
    .map((name) => `allowScripts in package.json says nothing of ${name}`)
}
