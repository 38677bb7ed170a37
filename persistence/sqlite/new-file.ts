import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StoreError } from '../store-error.ts'

/** A database that appears under its name when it is whole and on disk, or not at all. */
export class NewFile {
  /** Where it is written until then. */
  readonly unfinished: string
  readonly #file: string

  /** @throws StoreError `unavailable` when there is a file of that name */
  constructor(file: string) {
    if (existsSync(file)) {
      throw new StoreError(
        'unavailable',
        `${file} exists already and nothing was written; name another file.`,
      )
    }
    this.#file = file
    this.unfinished = `${file}.unfinished`
    this.drop()
  }

  /** It is whole: has it on disk, under its name. */
  finish(): void {
    syncPath(this.unfinished)
    renameSync(this.unfinished, this.#file)
    syncPath(dirname(resolve(this.#file)))
  }

  /** Removes what is unfinished; nothing is when it was finished. */
  drop(): void {
    for (const end of ['', '-wal', '-shm']) rmSync(`${this.unfinished}${end}`, { force: true })
  }
}

/** Has what was written to a file, or a name in a directory, be on disk. */
function syncPath(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
