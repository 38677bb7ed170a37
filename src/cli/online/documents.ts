import { z } from 'zod'
import { counted, quote, readableBytes, readableTime } from '../quote.ts'
import type { ExitCode, Given, Terminal } from '../command.ts'
import { type apiFlags, online, told } from './api.ts'

const document = z.object({
  name: z.string(),
  bytes: z.number(),
  changed: z.iso.datetime().nullable(),
  created: z.iso.datetime().nullable(),
  sessions: z.number(),
  versions: z.number(),
})
const page = z.object({ documents: z.array(document), next: z.string().nullable() })

/** Lists the documents of a running server. */
export function listOnline(
  given: Given<typeof apiFlags>,
  isJson: boolean,
  terminal: Terminal,
): Promise<ExitCode> {
  return online(given, async (ask) => {
    let count = 0
    let after: string | undefined
    do {
      const answer = await ask('GET', 'documents', { query: { after, limit: '100' } })
      const { documents, next } = await told(answer, page)
      for (const one of documents) terminal.print(isJson ? JSON.stringify(one) : lineOf(one))
      count += documents.length
      after = next ?? undefined
    } while (after !== undefined)
    if (!isJson) terminal.warn(counted(count, 'document'))
    return 0
  })
}

function lineOf({ bytes, changed, created, name, ...one }: z.infer<typeof document>): string {
  const times = `written ${timeOf(changed)}, made ${timeOf(created)}`
  const here = `${counted(one.versions, 'version')}, ${counted(one.sessions, 'session')}`
  return `${readableBytes(bytes).padStart(8)}  ${quote(name)}  ${times}; ${here}`
}

function timeOf(time: string | null): string {
  return readableTime(time === null ? undefined : Date.parse(time))
}
