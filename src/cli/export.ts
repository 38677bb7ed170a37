import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { StoreError } from '../../persistence/store-error.ts'
import { fold } from '../ydoc/fold.ts'
import type { ReadDocument } from '../../persistence/sqlite/reader.ts'
import type { Damage } from '../../persistence/store.ts'
import { partsOf, unappliable } from './check.ts'
import type { ExitCode, Subcommand } from './command.ts'
import { dataFile, reading } from './data-file.ts'
import { quote } from './quote.ts'

export const exportDocument: Subcommand = {
  name: 'export',
  usage: 'DOCUMENT [--output FILE]',
  summary: 'write one document as a Yjs update file',
  help: `Writes a document as one Yjs update (V1), as \`Y.applyUpdate\` takes it. Works while a
server runs. What is damaged in it is left out, named, and makes the exit code 1.

  --output FILE   where to write, must not exist; without it standard output, which then must
                  be a file or a pipe`,
  flags: { output: 'value' },
  words: { min: 1, max: 1 },
  run: ({ directory, words: [name = ''], value }, terminal) =>
    reading(dataFile(directory), async (reader): Promise<ExitCode> => {
      const output = value('output')
      if (output === undefined && terminal.isTerminal) {
        throw new StoreError('unavailable', 'The update is binary; give --output FILE or a pipe.')
      }
      const read = reader.read(name)
      if (read === undefined) {
        throw new StoreError('unavailable', `There is no document ${quote(name)}.`)
      }
      const { update, leftOut } = usable(read)
      for (const { entry, reason } of leftOut) {
        terminal.warn(`left out: document ${quote(name)}, ${entry}: ${reason}`)
      }
      if (output === undefined) await terminal.write(update)
      else writeNew(resolve(output), update)
      return leftOut.length === 0 ? 0 : 1
    }),
}

/** All of a document that applies, as one update, and what does not. */
function usable(read: ReadDocument): { update: Uint8Array; leftOut: readonly Damage[] } {
  const parts = partsOf(read)
  const folded = fold(parts)
  if (folded.kind === 'folded') return { update: folded.snapshot, leftOut: read.damage }
  const culprits = new Set(folded.culprits.map(({ part }) => part))
  const rest = fold(parts.filter((_, part) => !culprits.has(part)))
  if (culprits.size === 0 || rest.kind === 'unsound') {
    throw new StoreError('damaged', `${quote(read.document)} does not load: ${folded.reason}.`)
  }
  return { update: rest.snapshot, leftOut: [...read.damage, ...unappliable(read, folded)] }
}

/** Whole and on disk, or not there. */
function writeNew(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'wx')
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
    fsyncSync(handle)
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  } finally {
    closeSync(handle)
  }
}
