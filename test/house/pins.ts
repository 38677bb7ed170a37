const exact = /^\d+\.\d+\.\d+$/

/** What this check reads of package.json. */
export interface Manifest {
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** What this check reads of package-lock.json. */
export interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>
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
  const pinned = manifest.dependencies?.['yjs']
  return locked === pinned ? [] : [`yjs is pinned to ${pinned} and locked at ${locked}`]
}
