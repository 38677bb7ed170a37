import type { Store } from '../../../persistence/store.ts'
import { describeError } from '../../base/log.ts'
import type { Limits } from '../../base/limits/limits.ts'
import { History } from '../../history/history.ts'
import { createHistorian } from '../../ydoc/historian.ts'
import type { Terminal } from '../command.ts'
import { quote } from '../quote.ts'

/** Nobody has a document open where no server runs, and all that was appended is in the store. */
const nobody = {
  rooms: { open: () => Promise.reject(new Error('No server runs that could open a document.')) },
  journal: { flushed: () => Promise.resolve() },
}

/** @param folded what was imported, where it was folded before it was stored */
export type KeepImported = (document: string, folded: Uint8Array | undefined) => Promise<void>

/** Has what is imported kept as versions; one that cannot be made is named and holds up nothing. */
export async function keepingImported<Result>(
  store: Store,
  limits: Limits,
  terminal: Terminal,
  work: (keep: KeepImported) => Promise<Result>,
): Promise<Result> {
  const { versions } = store
  const { clock, wallClock } = terminal
  if (versions === undefined) return work(() => Promise.resolve())
  const historian = createHistorian({ clock, limits })
  const history = new History({ ...nobody, store, versions, historian, wallClock, limits })
  try {
    return await work(async (document, folded) => {
      const what = { kind: 'import', anyway: false, folded } as const
      await history.keep(document, what).catch((error: unknown) => {
        const why = `document ${quote(document)}: ${describeError(error)}`
        terminal.warn(`not kept as a version: ${why}`)
      })
    })
  } finally {
    await historian.close()
  }
}
