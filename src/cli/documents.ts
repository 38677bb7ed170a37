import type { StoredSummary } from '../../persistence/store.ts'
import type { ExitCode } from './command.ts'
import { subcommand } from './subcommand.ts'
import { optional, withoutVariable } from '../config/flag.ts'
import { toggle } from '../config/reader.ts'
import { apiFlags } from './online/api.ts'
import { listOnline } from './online/documents.ts'
import { readingFrom } from './data-file.ts'
import { counted, quote, readableBytes, readableTime } from './quote.ts'

export const documents = subcommand({
  name: 'documents',
  usage: '',
  summary: 'list the documents with their sizes and dates',
  help: `Lists every document: its bytes, when it was last written and when it was made (in UTC, or
unknown of what 0.1.0 stored), and the updates since its snapshot. Works while a server runs. With
--server it asks that one: sizes, dates, versions, and who is there.`,
  flags: {
    json: withoutVariable(
      optional(toggle, 'one JSON object a line, for programs; times in milliseconds since 1970'),
    ),
    ...apiFlags,
  },
  words: { min: 0, max: 0 },
  run(given, terminal) {
    const { json, server } = given.values
    if (server !== undefined) return listOnline(given, json === true, terminal)
    return readingFrom(given.values, async (reader): Promise<ExitCode> => {
      const sizes = await reader.sizes()
      for (const size of sizes) {
        if (json === true) terminal.print(JSON.stringify(size))
        else terminal.print(lineOf(size))
      }
      if (json !== true) terminal.warn(counted(sizes.length, 'document'))
      return 0
    })
  },
})

function lineOf(summary: StoredSummary): string {
  const { document, snapshotBytes, logBytes, logRows, created, changed, deleted } = summary
  const total = readableBytes(snapshotBytes + logBytes).padStart(8)
  const times = `written ${readableTime(changed)}, made ${readableTime(created)}`
  const gone = deleted === undefined ? '' : `, deleted ${readableTime(deleted)}`
  const since = `${counted(logRows, 'update')} (${readableBytes(logBytes)}) since the snapshot`
  return `${total}  ${quote(document)}  ${times}${gone}; ${since}`
}
