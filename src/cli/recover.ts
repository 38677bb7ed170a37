import { Batch } from '../../persistence/batch.ts'
import { StoreError } from '../../persistence/store-error.ts'
import type { QuarantinedRow, Store, Stored } from '../../persistence/store.ts'
import { sameBytes } from '../base/bytes.ts'
import { unsoundness } from '../document/soundness.ts'
import { partsOf } from '../storage/fold-stored.ts'
import type { Fold, Folded } from '../ydoc/request.ts'
import { dataFlags, type ExitCode, type Terminal } from './command.ts'
import { subcommand } from './subcommand.ts'
import { writing } from './data-file.ts'
import { folding } from './transfer/fold-parts.ts'
import { isUnknown, namesOf } from './transfer/names.ts'
import { counted, quote } from './quote.ts'

export const recover = subcommand({
  name: 'recover',
  usage: '[DOCUMENT]',
  summary: 'take back what was set aside and can be used',
  help: `Looks again at the entries that a server has set aside, of one or all documents, and puts
back what loads with the rest of its document: such as what version 0.1.0 set aside for a limit
that had been lowered. The server of a data directory must be stopped. What cannot be used stays
aside, is named, and makes the exit code 1; of that, what applies is put back.`,
  flags: dataFlags,
  words: { min: 0, max: 1 },
  run: (given, terminal) =>
    writing(given.values, 'refuse', async (store) => {
      const [only] = given.words
      if (only !== undefined && (await isUnknown(store, only))) {
        throw new StoreError('unavailable', `There is no document ${quote(only)}.`)
      }
      const names = only === undefined ? await namesOf(store) : [only]
      return folding(given, terminal, (fold) => recoverAll(store, fold, names, terminal))
    }),
})

async function recoverAll(
  store: Store,
  fold: Fold,
  names: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  let back = 0
  let aside = 0
  for (const [place, name] of names.entries()) {
    for (const row of await store.loadQuarantine(name)) {
      const outcome = await recoverRow(store, fold, name, row)
      if (outcome.kind === 'back') back++
      terminal.print(`${sentences[outcome.kind]}: ${entryOf(name, row.sequence)}${outcome.why}`)
    }
    for (const { entry, reason } of (await store.load(name)).damage) {
      aside++
      terminal.print(`still set aside: ${entryOf(name, entry)}: ${reason}`)
    }
    terminal.progress(`${place + 1} of ${counted(names.length, 'document')} looked at`)
  }
  terminal.print(`${back} put back, ${aside} still set aside`)
  return aside === 0 ? 0 : 1
}

interface Outcome {
  readonly kind: keyof typeof sentences
  /** With what goes before it. */
  readonly why: string
}

const sentences = { back: 'put back', part: 'put back in part', nothing: 'cannot be used' } as const

/** Appended before it is dropped: a crash in between leaves it twice, which does no harm. */
async function recoverRow(
  store: Store,
  fold: Fold,
  name: string,
  { sequence, updates }: QuarantinedRow,
): Promise<Outcome> {
  const parts = partsOf(await store.load(name))
  const sound = updates.filter((update) => unsoundness(update) === undefined)
  const folded = await fold([...parts, ...sound])
  if (folded.kind === 'given-up') return { kind: 'nothing', why: `: ${folded.reason}` }
  const usable = folded.kind === 'folded' ? sound : usableOf(sound, parts.length, folded)
  if (folded.kind === 'folded' && sound.length === updates.length) {
    if (!(await append(store, name, usable))) return { kind: 'nothing', why: deleted }
    await store.dropQuarantined(name, sequence)
    return { kind: 'back', why: '' }
  }
  if (!(await isNews(fold, parts, usable))) return { kind: 'nothing', why: '' }
  if (!(await append(store, name, usable))) return { kind: 'nothing', why: deleted }
  return { kind: 'part', why: '' }
}

/** What of the updates applies behind so many parts of the document itself. */
function usableOf(
  updates: readonly Uint8Array[],
  before: number,
  { culprits }: Extract<Folded, { readonly kind: 'unsound' }>,
): readonly Uint8Array[] {
  // Where nobody is blamed, or the document itself is, nothing can be said of what is added.
  if (culprits.length === 0 || culprits.some(({ part }) => part < before)) return []
  const rests = new Map(culprits.map(({ part, rest }) => [part - before, rest]))
  return updates.flatMap((update, place) =>
    rests.has(place) ? (rests.get(place) ?? []) : [update],
  )
}

/** Whether the document is another one with them. */
async function isNews(
  fold: Fold,
  parts: readonly Uint8Array[],
  added: readonly Uint8Array[],
): Promise<boolean> {
  if (added.length === 0) return false
  const [without, together] = [await fold(parts), await fold([...parts, ...added])]
  if (without.kind !== 'folded' || together.kind !== 'folded') return false
  return !sameBytes(without.snapshot, together.snapshot)
}

const deleted = ': The document is deleted; bring it back first.'

/** @returns whether they were taken */
async function append(
  store: Store,
  name: string,
  updates: readonly Uint8Array[],
): Promise<boolean> {
  const batch = new Batch()
  for (const update of updates) batch.add(name, update)
  const appended = await store.append(batch)
  return appended.every(({ kind }) => kind === 'stored')
}

function entryOf(name: string, entry: Stored['damage'][number]['entry']): string {
  const what = entry === 'snapshot' ? 'its snapshot' : `entry ${entry}`
  return `document ${quote(name)}, ${what}`
}
