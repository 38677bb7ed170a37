import { spawnSync } from 'node:child_process'
import { appendFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { freshDirectory } from '../../support/harness/process.ts'

/** A file system of its own, small, and as bad as a test needs it. */
export interface SmallDisk {
  /** An empty directory on it. */
  readonly path: string
  /** Takes all the room that is left. */
  fill(): void
  /** Gives that room back. */
  free(): void
  /** Nothing on it may be changed any more, not even by who has it open. */
  protect(): void
  unprotect(): void
  /** From now on who writes waits, for as long as it takes. */
  freeze(): void
  /** Does no harm where nothing is frozen. */
  thaw(): void
  /** An error that makes the system go on without writing, until it is mounted anew. */
  breakDown(): void
  /** What an operator does about that: checks it and mounts it anew. Nobody may have it open. */
  repair(): void
  remove(): Promise<void>
}

const mebibytes = 24

/**
 * Mounts one: ext4 in a file.
 * @throws Error with one line when this user or machine cannot mount
 */
export async function mountSmallDisk(): Promise<SmallDisk> {
  const { path: place, remove } = await freshDirectory()
  const image = join(place, 'image')
  const mounted = join(place, 'disk')
  const path = join(mounted, 'data')
  const ballast = join(mounted, 'ballast')
  const mount = (): string => run('mount', '-o', 'loop,errors=remount-ro', image, mounted)
  try {
    writeFileSync(image, '')
    truncateSync(image, mebibytes * 1_024 * 1_024)
    // All room is for everybody, and nothing is written later that would change how much there is.
    run('mkfs.ext4', '-q', '-F', '-m', '0', '-E', 'lazy_itable_init=0', image)
    run('mkdir', mounted)
    mount()
    run('mkdir', path)
  } catch (error) {
    await remove()
    const why = error instanceof Error ? error.message : String(error)
    const sentence = `a small disk cannot be mounted here (${why}): be root, with loop devices`
    throw new Error(sentence, { cause: error })
  }
  const files = (): readonly string[] => readdirSync(path).map((name) => join(path, name))
  return {
    path,
    fill: () => fillUp(ballast),
    free: () => rmSync(ballast),
    protect: () => run('chattr', '+i', ...files(), path),
    unprotect: () => run('chattr', '-i', path, ...files()),
    freeze: () => run('fsfreeze', '-f', mounted),
    thaw: () => attempt('fsfreeze', '-u', mounted),
    breakDown() {
      const device = basename(run('findmnt', '-n', '-o', 'SOURCE', mounted).trim())
      writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, '1')
    },
    repair() {
      run('umount', mounted)
      // It ends with 1 when it has mended something.
      attempt('e2fsck', '-p', '-f', image)
      mount()
    },
    async remove() {
      attempt('chattr', '-R', '-i', mounted)
      run('umount', mounted)
      await remove()
    },
  }
}

function fillUp(file: string): void {
  for (let piece = 65_536; piece >= 512; piece /= 2) {
    try {
      for (;;) appendFileSync(file, new Uint8Array(piece))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }
}

/** What may rightly fail. */
function attempt(program: string, ...args: readonly string[]): void {
  spawnSync(program, args)
}

/** @throws Error with what the program said */
function run(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`${program}: ${error?.message ?? stderr.trim().split('\n')[0]}`)
}
