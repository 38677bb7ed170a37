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

/** Keeps what was imported as versions; one that cannot be made is named and holds up nothing. */
export async function keepImported(
  store: Store,
  names: Iterable<string>,
  limits: Limits,
  terminal: Terminal,
): Promise<void> {
  const { versions } = store
  const { clock, wallClock } = terminal
  if (versions === undefined) return
  const historian = createHistorian({ clock, limits })
  const history = new History({ ...nobody, store, versions, historian, wallClock, limits })
  try {
    for (const name of names) {
      await history.keep(name, { kind: 'import', anyway: false }).catch((error: unknown) => {
        terminal.warn(`not kept as a version: document ${quote(name)}: ${describeError(error)}`)
      })
    }
  } finally {
    await historian.close()
  }
}
