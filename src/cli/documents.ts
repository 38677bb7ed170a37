import type { ExitCode, Subcommand } from './command.ts'
import { dataFile, reading } from './data-file.ts'
import { counted, quote, readableBytes } from './quote.ts'

export const documents: Subcommand = {
  name: 'documents',
  usage: '[--json]',
  summary: 'list the documents with their sizes',
  help: `Lists every document: bytes of its snapshot, number and bytes of the updates since. Works
while a server runs.

  --json   one JSON object a line, for programs`,
  flags: { json: 'switch' },
  words: { min: 0, max: 0 },
  run: ({ directory, has }, terminal) =>
    reading(dataFile(directory), async (reader): Promise<ExitCode> => {
      const sizes = reader.sizes()
      for (const size of sizes) {
        if (has('json')) terminal.print(JSON.stringify(size))
        else terminal.print(lineOf(size))
      }
      if (!has('json')) terminal.warn(counted(sizes.length, 'document'))
      return 0
    }),
}

function lineOf(size: {
  readonly document: string
  readonly snapshotBytes: number
  readonly logBytes: number
  readonly logRows: number
}): string {
  const { document, snapshotBytes, logBytes, logRows } = size
  const total = readableBytes(snapshotBytes + logBytes).padStart(8)
  const since = `${counted(logRows, 'update')} (${readableBytes(logBytes)}) since the snapshot`
  return `${total}  ${quote(document)}  ${since}`
}
