import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { backUp, connectionOf } from './database.ts'
import { dataFlags, type ExitCode } from './command.ts'
import { subcommand } from './subcommand.ts'
import { dataFile, reading } from './data-file.ts'
import { readableBytes } from './quote.ts'

export const backup = subcommand({
  name: 'backup',
  usage: 'FILE',
  summary: 'write all documents to one file, also while a server runs',
  help: `Writes all documents, as of one moment, to FILE, which must not exist. A server may run
meanwhile. With --store it is that database, in a file of the same kind.
FILE appears when it is whole and on disk, never half. Check it with
\`ytopic restore FILE --data EMPTY-DIRECTORY\`, which verifies what it puts back.`,
  flags: dataFlags,
  words: { min: 1, max: 1 },
  async run({ values, words: [name = ''] }, terminal): Promise<ExitCode> {
    const file = resolve(name)
    const connection = connectionOf(values)
    terminal.progress(`writing ${file}`)
    if (connection !== undefined) await backUp(connection, file, terminal)
    else await reading(dataFile(values.data), async (reader) => reader.copyTo(file))
    terminal.print(`${file} holds ${readableBytes(statSync(file).size)}`)
    return 0
  },
})
