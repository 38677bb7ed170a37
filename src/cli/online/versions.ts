import { z } from 'zod'
import { optional, withoutVariable } from '../../config/flag.ts'
import { text, toggle } from '../../config/reader.ts'
import { counted, readableBytes, readableTime } from '../quote.ts'
import { subcommand } from '../subcommand.ts'
import { apiFlags, type Ask, online, pathOf, told } from './api.ts'

const version = z.object({
  id: z.string(),
  time: z.iso.datetime(),
  kind: z.string(),
  name: z.string().nullable(),
  authors: z.array(z.object({ id: z.string(), name: z.string().nullable() })),
  bytes: z.number(),
})
const page = z.object({ versions: z.array(version), next: z.string().nullable() })

type Version = z.infer<typeof version>

export const versions = subcommand({
  name: 'versions',
  usage: 'DOCUMENT',
  summary: 'list the versions of a document, or keep it as it is now',
  help: `Lists the versions of a document, the newest first: id, time (UTC), size, why it was made
or how it is called, and who wrote since the one before. With --keep it makes one and prints its
id.`,
  flags: {
    keep: withoutVariable(
      optional(text('NAME', 'a name'), 'keep the document as it is now, under that name'),
    ),
    named: withoutVariable(optional(toggle, 'only those that have a name')),
    json: withoutVariable(optional(toggle, 'one JSON object a line, for programs')),
    ...apiFlags,
  },
  words: { min: 1, max: 1 },
  run(given, terminal) {
    const { json, keep, named } = given.values
    const [document = ''] = given.words
    return online(given, async (ask) => {
      if (keep !== undefined) {
        const body = JSON.stringify({ name: keep })
        const asking = { type: 'application/json', body }
        const made = await ask('POST', pathOf(document, 'versions'), asking)
        terminal.print((await told(made, version)).id)
        return 0
      }
      let count = 0
      for await (const one of all(ask, document, named === true)) {
        count++
        terminal.print(json === true ? JSON.stringify(one) : lineOf(one))
      }
      if (json !== true) terminal.warn(counted(count, 'version'))
      return 0
    })
  },
})

async function* all(ask: Ask, document: string, isNamed: boolean): AsyncGenerator<Version> {
  const named = isNamed ? 'true' : undefined
  let after: string | undefined
  do {
    const query = { after, limit: '100', named }
    const answer = await ask('GET', pathOf(document, 'versions'), { query })
    const { next, versions: some } = await told(answer, page)
    yield* some
    after = next ?? undefined
  } while (after !== undefined)
}

function lineOf({ authors, bytes, id, kind, name, time }: Version): string {
  const by = authors.map((author) => author.name ?? author.id).join(', ')
  const what = name === null ? kind : JSON.stringify(name)
  const size = readableBytes(bytes).padStart(8)
  return `${id}  ${readableTime(Date.parse(time))}  ${size}  ${what}${by && `, by ${by}`}`
}
