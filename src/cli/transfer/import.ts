import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Batch } from '../../../persistence/batch.ts'
import type { Store } from '../../../persistence/store.ts'
import { foldStored, lostSnapshot } from '../../storage/fold-stored.ts'
import { soundForm } from '../../document/soundness.ts'
import { checkDocumentName } from '../../protocol/document-name.ts'
import { joinUpdates } from '../../update/bytes/write.ts'
import type { Fold } from '../../ydoc/request.ts'
import type { ExitCode, Given, Terminal } from '../command.ts'
import { apiFlags } from '../online/api.ts'
import { formatFlag, rootFlag, markupFlag } from '../online/content-flags.ts'
import { importContent } from '../online/import-content.ts'
import { subcommand } from '../subcommand.ts'
import { optional, withoutVariable } from '../../config/flag.ts'
import { choice, text } from '../../config/reader.ts'
import { writing } from '../data-file.ts'
import { folding, foldParts } from './fold-parts.ts'
import { keepingImported, type KeepImported } from './keep-imported.ts'
import type { Foreign } from './foreign.ts'
import { hocuspocusDocuments } from './from-hocuspocus.ts'
import { levelDocuments } from './from-y-leveldb.ts'
import { counted, quote, readableBytes } from '../quote.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

const textFound =
  'The file is text. A Yjs update (V1) is expected: the bytes that ytopic export and ' +
  'Y.encodeStateAsUpdate write.'

const flags = {
  document: withoutVariable(
    optional(text('NAME', 'the name of a document'), 'the document that the update of FILE is for'),
  ),
  from: withoutVariable(
    optional(
      choice('hocuspocus', 'y-leveldb'),
      'the system whose documents, all of them, are in PATH',
    ),
  ),
  format: formatFlag,
  root: rootFlag,
  markupFile: markupFlag,
  ...apiFlags,
} as const

export const importDocuments = subcommand({
  name: 'import',
  usage: 'FILE --document NAME | --from SYSTEM PATH',
  summary: 'take in a Yjs update file, or all documents of another system',
  help: `Takes in documents. What is there already stays: the imported content merges with it. The
server of a data directory must be stopped. A document is stored whole or not at all: one that is
not sound is named and left out, and makes the exit code 1. Where the snapshot of a document is
damaged, the imported content takes its place, and the document is served again.

FILE is a Yjs update (V1). In another --format, its content takes the place of what is there, as
the least change; with --server it goes to that server, where an update merges. PATH is a file of
@hocuspocus/extension-sqlite, or a directory of y-leveldb (y-websocket servers), which keeps
documents by the paths of their clients: my%20notes is imported as my notes, where the same client
finds it. That one needs the package y-leveldb:
npm install y-leveldb.`,
  flags,
  words: { min: 1, max: 1 },
  mistake({ values: { document, format, from, server } }) {
    const needed = document === undefined ? 'import needs --document NAME' : undefined
    if (from === undefined) return needed
    if (document !== undefined) return '--document does not go with --from'
    if (server !== undefined) return '--server does not go with --from'
    return format === 'update' ? undefined : '--format does not go with --from'
  },
  async run(given, terminal) {
    const { document = '', format, root, server } = given.values
    const [file = ''] = given.words
    if (format !== 'update' || server !== undefined) {
      return importContent(given, { document, file, format, root }, terminal)
    }
    // Read before the directory is made: a wrong path leaves nothing behind.
    const documents = await foreignDocuments(given)
    return writing(given.values, 'make', (store) =>
      folding(given, terminal, (fold) =>
        keepingImported(store, given.limits, terminal, (keep) =>
          importAll({ store, fold, keep }, documents, terminal),
        ),
      ),
    )
  },
})

function foreignDocuments({
  words: [name = ''],
  values,
}: Given<typeof flags>): Promise<readonly Foreign[]> {
  const path = resolve(name)
  switch (values.from) {
    case 'hocuspocus':
      return Promise.resolve(hocuspocusDocuments(path))
    case 'y-leveldb':
      return levelDocuments(path)
    case undefined: {
      const update = new Uint8Array(readFileSync(path))
      const isMistaken = typeof soundForm(update) === 'string' && isText(update)
      const updates = isMistaken ? { unreadable: textFound } : [update]
      return Promise.resolve([{ document: values.document ?? '', updates }])
    }
  }
}

/** Where imported documents go. */
interface Into {
  readonly store: Store
  readonly fold: Fold
  readonly keep: KeepImported
}

async function importAll(
  { fold, keep, store }: Into,
  documents: readonly Foreign[],
  terminal: Terminal,
): Promise<ExitCode> {
  let imported = 0
  const spellings = new Map<string, string>()
  for (const [place, foreign] of documents.entries()) {
    const { document, spelling = document } = foreign
    const whole = await wholeOf(foreign, fold, terminal)
    if (typeof whole === 'string') {
      terminal.print(`left out: document ${quote(spelling)}: ${whole}`)
      continue
    }
    const batch = new Batch()
    batch.add(document, whole.update)
    await store.append(batch)
    await mend(store, document, fold, terminal)
    await keep(document, whole.isFolded ? whole.update : undefined)
    imported++
    const renamed = spelling === document ? '' : `, there ${quote(spelling)}`
    const size = readableBytes(whole.update.length)
    terminal.print(`imported: document ${quote(document)}${renamed}, ${size}`)
    const other = spellings.get(document)
    spellings.set(document, spelling)
    if (other !== undefined) {
      const both = `${quote(other)} and ${quote(spelling)}`
      terminal.print(`merged: ${both} are one document here, ${quote(document)}, and it has both`)
    }
    terminal.progress(`${place + 1} of ${counted(documents.length, 'document')}`)
  }
  terminal.print(`${imported} of ${counted(documents.length, 'document')} imported`)
  return imported === documents.length ? 0 : 1
}

/**
 * A document whose snapshot is damaged is served to nobody: what is imported takes its place. That
 * is for the operator to say, and importing says it.
 */
async function mend(store: Store, document: string, fold: Fold, terminal: Terminal): Promise<void> {
  const stored = await store.load(document)
  if (!lostSnapshot(stored)) return
  const { kind } = await foldStored(foldParts(store, fold, terminal), document, stored, true)
  const done = kind === 'folded' || kind === 'quarantined'
  if (done) terminal.print(`mended: document ${quote(document)}, whose snapshot was damaged`)
  else terminal.print(`still damaged: document ${quote(document)}`)
}

/** What is imported of a document. */
interface Whole {
  readonly update: Uint8Array
  /** Whether it was loaded, to be sure, and folded. */
  readonly isFolded: boolean
}

/** One sound update of all; or in a sentence why there is none. */
async function wholeOf(
  { document, updates }: Foreign,
  fold: Fold,
  terminal: Terminal,
): Promise<Whole | string> {
  const name = checkDocumentName(document)
  if (name.kind === 'bad-name') return name.reason
  if ('unreadable' in updates) return updates.unreadable
  const sound: Uint8Array[] = []
  for (const update of updates) {
    const form = soundForm(update)
    if (typeof form === 'string') return form
    sound.push(form)
  }
  const folded = await fold(sound)
  switch (folded.kind) {
    case 'folded':
      return { update: folded.snapshot, isFolded: true }
    case 'unsound':
      return `It does not load: ${folded.reason}`
    case 'given-up':
      // As a server keeps it: as updates that nobody has put into a document yet.
      terminal.warn(`not folded: document ${quote(document)}: ${folded.reason}`)
      return { update: joinUpdates(sound), isFolded: false }
  }
}

/** Whether a person could read it: UTF-8 without control characters but for tabs and line ends. */
function isText(bytes: Uint8Array): boolean {
  try {
    // oxlint-disable-next-line no-control-regex
    return !/[\u0000-\u0008\u000e-\u001f]/.test(utf8.decode(bytes)) && bytes.length > 0
  } catch {
    return false
  }
}
