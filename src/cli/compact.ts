import { foldStored } from '../storage/fold-stored.ts'
import { StoreError } from '../../persistence/store-error.ts'
import type { Store } from '../../persistence/store.ts'
import type { Fold } from '../ydoc/request.ts'
import { dataFlags, type Terminal } from './command.ts'
import { subcommand } from './subcommand.ts'
import { writing } from './data-file.ts'
import { folding, foldParts } from './transfer/fold-parts.ts'
import { isUnknown, namesOf } from './transfer/names.ts'
import { counted, quote } from './quote.ts'

export const compact = subcommand({
  name: 'compact',
  usage: '[DOCUMENT]',
  summary: 'fold the updates of one or all documents into snapshots',
  help: `Folds the updates since each document's snapshot into a new snapshot, loads that back and
compares it before the updates are dropped. The server of a data directory must be stopped;
a running server folds by itself. What does not fold, or takes too long (YTOPIC_FOLD_MS_MAX) or
too much memory (YTOPIC_FOLD_MEMORY_BYTES_MAX), stays as it is, is named, and makes the exit
code 1.`,
  flags: dataFlags,
  words: { min: 0, max: 1 },
  run: (given, terminal) =>
    writing(given.values, 'refuse', async (store) => {
      const [only] = given.words
      const names = only === undefined ? await namesOf(store) : [only]
      if (only !== undefined && (await isUnknown(store, only))) {
        throw new StoreError('unavailable', `There is no document ${quote(only)}.`)
      }
      return folding(given, terminal, (fold) => compactAll(store, fold, names, terminal))
    }),
})

async function compactAll(
  store: Store,
  fold: Fold,
  names: readonly string[],
  terminal: Terminal,
): Promise<0 | 1> {
  const parts = foldParts(store, fold, terminal)
  let compacted = 0
  let wrong = 0
  for (const [place, name] of names.entries()) {
    const folded = await foldStored(parts, name, await store.load(name))
    if (folded.kind === 'folded') compacted++
    if (folded.kind === 'quarantined') wrong++
    if (folded.kind === 'unsound' || folded.kind === 'given-up') {
      wrong++
      terminal.print(`left as it is: document ${quote(name)}: ${folded.reason}`)
    }
    terminal.progress(`${place + 1} of ${counted(names.length, 'document')} looked at`)
  }
  terminal.print(`${compacted} of ${counted(names.length, 'document')} had updates to fold`)
  return wrong === 0 ? 0 : 1
}
