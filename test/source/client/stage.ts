import type { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { type SavedTracker, trackSaved } from '../../../src/client/saved.ts'
import type { Limits } from '../../../src/base/limits/limits.ts'
import type { YtopicOptions } from '../../../src/ytopic.ts'
import { FaultyStore } from '../../support/fakes/store.ts'
import { quietProvider } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

const quick = { store_retry_ms_min: 5, store_retry_ms_max: 10, deny_delay_ms: 20 }

/** A tab: a stock provider whose edits are tracked. */
export interface Tab {
  readonly document: Y.Doc
  readonly text: Y.Text
  readonly provider: WebsocketProvider
  readonly saved: SavedTracker
  /** Every value that the event `saved` has told. */
  readonly told: readonly boolean[]
  type(added: string): void
  end(): void
}

/** How a tab differs from one that stands alone. */
export interface TabOptions {
  /** Whether it talks to other tabs of its browser as well. */
  readonly tabs?: boolean
  readonly params?: Readonly<Record<string, string>>
  readonly document?: Y.Doc
}

/** Opens a tab on a document. */
export function openTab(url: string, name: string, options: TabOptions = {}): Tab {
  const document = options.document ?? new Y.Doc()
  const provider = quietProvider(url, name, document, {
    disableBc: options.tabs !== true,
    params: { saved: '1', ...options.params },
    maxBackoffTime: 50,
  })
  const saved = trackSaved(provider)
  const told: boolean[] = []
  saved.on('saved', (value) => told.push(value))
  const text = document.getText('t')
  return {
    document,
    text,
    provider,
    saved,
    told,
    type: (added) => text.insert(text.length, added),
    end() {
      provider.destroy()
      document.destroy()
    },
  }
}

/** Resolves when a tab is told that all it has is on disk. */
export function allSaved({ saved }: Tab): Promise<void> {
  return until('everything is saved', () => saved.saved && saved.pending === 0)
}

/** A server whose store a test may stop. */
export function start(
  limits: Partial<Limits> = {},
  options: Partial<YtopicOptions> = {},
): { readonly store: FaultyStore; readonly server: TestServer } {
  const store = new FaultyStore()
  return { store, server: startServer({ ...quick, ...limits }, store, options) }
}

/** A document as the store has it. */
export async function stored(store: FaultyStore, name: string): Promise<Y.Doc> {
  const { snapshot, log } = await store.load(name)
  const document = new Y.Doc()
  const entries = log.map(({ bytes }) => bytes)
  for (const update of snapshot === undefined ? entries : [snapshot, ...entries]) {
    Y.applyUpdate(document, update)
  }
  return document
}

/** The text of a document as the store has it. */
export async function storedText(store: FaultyStore, name: string): Promise<string> {
  return (await stored(store, name)).getText('t').toString()
}
