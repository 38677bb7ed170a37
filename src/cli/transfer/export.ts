import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { StoreError } from '../../../persistence/store-error.ts'
import { unsoundness } from '../../document/soundness.ts'
import { joinUpdates } from '../../update/bytes/write.ts'
import type { Fold } from '../../ydoc/request.ts'
import type { ReadDocument } from '../../../persistence/sqlite/reader.ts'
import type { Damage } from '../../../persistence/store.ts'
import { partsOf, unappliable, unsoundEntries } from '../check.ts'
import type { ExitCode, Terminal } from '../command.ts'
import { apiFlags, online, pathOf } from '../online/api.ts'
import { formatFlag, rootFlag, markupFlag } from '../online/content-flags.ts'
import { subcommand } from '../subcommand.ts'
import { optional, withoutVariable } from '../../config/flag.ts'
import { text } from '../../config/reader.ts'
import { readingFrom } from '../data-file.ts'
import { folding } from './fold-parts.ts'
import { quote } from '../quote.ts'

export const exportDocument = subcommand({
  name: 'export',
  usage: 'DOCUMENT',
  summary: 'write one document to a file, as a Yjs update or in another form',
  help: `Writes a document as one Yjs update (V1), as \`Y.applyUpdate\` takes it. Works while a
server runs. What is damaged in it is left out, named, and makes the exit code 1. In another
--format it is what a server answers: of --server, or of the data directory without one.`,
  flags: {
    output: withoutVariable(
      optional(
        text('FILE', 'a file'),
        'where to write, must not exist; without it standard output, which then must be a file ' +
          'or a pipe',
      ),
    ),
    format: formatFlag,
    root: rootFlag,
    markupFile: markupFlag,
    ...apiFlags,
  },
  words: { min: 1, max: 1 },
  run(given, terminal) {
    const { format, output, root, server } = given.values
    const [name = ''] = given.words
    if (format === 'update' && output === undefined && terminal.isTerminal) {
      throw new StoreError(
        'unavailable',
        'The update is bytes and no text for a terminal; give --output FILE or a pipe.',
      )
    }
    if (format !== 'update' || server !== undefined) {
      return online(given, async (ask) => {
        const answer = await ask('GET', pathOf(name, 'content'), { query: { format, root } })
        await hand(await answer.bytes(), output, terminal)
        return 0
      })
    }
    return readingFrom(given.values, async (reader): Promise<ExitCode> => {
      const read = await reader.read(name)
      if (read === undefined) {
        throw new StoreError('unavailable', `There is no document ${quote(name)}.`)
      }
      const { update, leftOut } = await folding(given, terminal, (fold) =>
        usable(read, fold, terminal),
      )
      for (const { entry, reason } of leftOut) {
        terminal.warn(`left out: document ${quote(name)}, ${entry}: ${reason}`)
      }
      await hand(update, output, terminal)
      return leftOut.length === 0 ? 0 : 1
    })
  },
})

async function hand(
  bytes: Uint8Array,
  output: string | undefined,
  terminal: Terminal,
): Promise<void> {
  if (output === undefined) await terminal.write(bytes)
  else writeNew(resolve(output), bytes)
}

interface Usable {
  readonly update: Uint8Array
  readonly leftOut: readonly Damage[]
}

/** All of a document that applies, as one update, and what does not. */
async function usable(read: ReadDocument, fold: Fold, terminal: Terminal): Promise<Usable> {
  const parts = partsOf(read)
  const folded = await fold(parts)
  switch (folded.kind) {
    case 'folded':
      return { update: folded.snapshot, leftOut: read.damage }
    case 'given-up':
      return unfolded(read, folded.reason, terminal)
    case 'unsound':
  }
  const culprits = new Map(folded.culprits.map(({ part, rest }) => [part, rest]))
  const rest = await fold(
    parts.flatMap((bytes, part) => (culprits.has(part) ? (culprits.get(part) ?? []) : bytes)),
  )
  if (culprits.size === 0 || rest.kind !== 'folded') {
    throw new StoreError(
      'damaged',
      `Document ${quote(read.document)} does not load: ${folded.reason}`,
    )
  }
  return { update: rest.snapshot, leftOut: [...read.damage, ...unappliable(read, folded)] }
}

/** A document that nobody could load in time: all of its updates that read, put together. */
function unfolded(read: ReadDocument, reason: string, terminal: Terminal): Usable {
  terminal.warn(
    `not folded, and written as its updates: document ${quote(read.document)}: ${reason}`,
  )
  const sound = partsOf(read).filter((bytes) => unsoundness(bytes) === undefined)
  return { update: joinUpdates(sound), leftOut: [...read.damage, ...unsoundEntries(read)] }
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
