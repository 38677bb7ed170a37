import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { lockDirectory } from '../../persistence/sqlite/directory-lock.ts'
import { StoreError } from '../../persistence/store-error.ts'
import type { PostgresConnection } from '../../persistence/postgres/connect.ts'
import { readPostgres } from '../../persistence/transfer/postgres-tables.ts'
import { checkAll, type CheckedStore, summaryOf } from './check.ts'
import { connectionOf, putBack } from './database.ts'
import type { ExitCode, Terminal } from './command.ts'
import { apiFlags } from './online/api.ts'
import { restoreVersion } from './online/restore-version.ts'
import { subcommand } from './subcommand.ts'
import type { Limits } from '../base/limits/limits.ts'
import { dataFile, reading } from './data-file.ts'
import { folding } from './transfer/fold-parts.ts'
import { counted } from './quote.ts'

export const restore = subcommand({
  name: 'restore',
  usage: 'FILE | DOCUMENT VERSION',
  summary: 'put a backup into an empty data directory; or make a document what it was',
  help: `Puts the documents of a backup into the data directory, which must be empty of documents
and without a running server, then verifies them as \`ytopic verify\` does. A FILE that is no
whole ytopic database changes nothing. Damage within documents is restored with them, named,
and makes the exit code 1. With --store it goes into an empty database, whole.

With DOCUMENT and VERSION it makes a document what it was in that version, as one edit on top of
what is there, which people in it see at once; nothing of its history is lost.`,
  flags: apiFlags,
  words: { min: 1, max: 2 },
  mistake: ({ values: { server }, words }) =>
    server !== undefined && words.length === 1
      ? 'a backup goes into a data directory; --server needs DOCUMENT VERSION'
      : undefined,
  async run(given, terminal) {
    if (given.words.length === 2) return restoreVersion(given, terminal)
    const directory = resolve(given.values.data)
    const [name = ''] = given.words
    const from = resolve(name)
    return reading(from, async (source) => {
      const broken = source.faults()
      if (broken.length > 0) {
        throw new StoreError('damaged', `${from} is damaged: ${broken[0]}. Nothing was restored.`)
      }
      const connection = connectionOf(given.values)
      if (connection !== undefined) {
        await putBack(from, source, connection, terminal)
        return verifiedIn(connection, given.limits, terminal)
      }
      const lock = lockDirectory(directory)
      try {
        await makeRoom(directory)
        terminal.progress(`restoring ${from}`)
        source.copyTo(dataFile(directory))
        return await verified(directory, given.limits, terminal)
      } finally {
        lock.release()
      }
    })
  },
})

/** @throws StoreError when the directory has documents, or something that is no database of ours */
async function makeRoom(directory: string): Promise<void> {
  const file = dataFile(directory)
  if (!existsSync(file)) return
  const count = await reading(file, async (reader) => reader.names().length)
  if (count > 0) {
    const what = `${directory} has ${counted(count, 'document')} already`
    throw new StoreError('unavailable', `${what}; name an empty directory.`)
  }
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
}

async function verified(directory: string, limits: Limits, terminal: Terminal): Promise<ExitCode> {
  return reading(dataFile(directory), (reader) => verdictOn(reader, directory, limits, terminal))
}

function verifiedIn(
  connection: PostgresConnection,
  limits: Limits,
  terminal: Terminal,
): Promise<ExitCode> {
  return readPostgres(connection, ({ reader }) => verdictOn(reader, reader.place, limits, terminal))
}

async function verdictOn(
  reader: CheckedStore,
  place: string,
  limits: Limits,
  terminal: Terminal,
): Promise<ExitCode> {
  const checked = await folding({ limits }, terminal, (fold) => checkAll(reader, fold, terminal))
  for (const fault of checked.faults) terminal.print(fault)
  const found = checked.faults.length
  const verdict = found === 0 ? 'all sound' : `restored with ${counted(found, 'fault')}`
  terminal.print(`${summaryOf(checked)} in ${place}: ${verdict}`)
  return found === 0 ? 0 : 1
}
