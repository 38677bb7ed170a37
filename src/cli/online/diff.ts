import { z } from 'zod'
import { flag, withoutVariable } from '../../config/flag.ts'
import { choice } from '../../config/reader.ts'
import { subcommand } from '../subcommand.ts'
import { apiFlags, online, pathOf, told } from './api.ts'
import { rootFlag } from './content-flags.ts'

/** A stretch of text, a block of others, or unchanged parts that were left out. */
interface Piece {
  readonly op: string
  readonly text?: string | undefined
  readonly embed?: unknown
  readonly length?: number | undefined
  readonly children?: readonly Piece[] | undefined
}

const piece: z.ZodType<Piece> = z.object({
  op: z.string(),
  text: z.string().optional(),
  embed: z.unknown(),
  length: z.number().optional(),
  get children() {
    return z.array(piece).optional()
  },
})
const difference = z.union([
  z.object({ spans: z.array(piece) }),
  z.object({ blocks: z.array(piece) }),
  z.record(z.string(), z.unknown()),
])

export const diff = subcommand({
  name: 'diff',
  usage: 'DOCUMENT FROM [TO]',
  summary: 'tell what changed between two versions of a document',
  help: `Tells what became of a root from one version to another. FROM is the id of a version or
"empty", TO the id of one or "now", which is meant where it is left out. As text,
[-what was removed-] and {+what was added+} stand in their places.`,
  flags: {
    format: withoutVariable(
      flag(choice('text', 'json', 'html'), 'text', 'the form in which it is told'),
    ),
    root: rootFlag,
    ...apiFlags,
  },
  words: { min: 2, max: 3 },
  run(given, terminal) {
    const { format, root } = given.values
    const [document = '', from = '', to = 'now'] = given.words
    const query = { format: format === 'text' ? 'json' : format, root }
    return online(given, async (ask) => {
      const path = pathOf(document, 'versions', from, 'diff', to)
      const answer = await ask('GET', path, { query })
      if (format !== 'text') terminal.print((await answer.text()).trimEnd())
      else terminal.print(asText(await told(answer, difference)))
      return 0
    })
  },
})

/** Of maps and arrays, whose changes are no text, it is the JSON. */
function asText(told_: z.infer<typeof difference>): string {
  if (hasPieces(told_, 'spans')) return told_.spans.map(written).join('')
  if (hasPieces(told_, 'blocks')) return told_.blocks.map(line).join('')
  return JSON.stringify(told_, undefined, 2)
}

function hasPieces<Name extends string>(
  value: object,
  name: Name,
): value is Readonly<Record<Name, readonly Piece[]>> {
  return name in value
}

/** A block ends its line; blocks within end their own. */
function line(block: Piece): string {
  const { children = [] } = block
  const isOuter = children.some(({ children: inner }) => inner !== undefined)
  return isOuter ? children.map(line).join('') : `${written(block)}\n`
}

function written(one: Piece): string {
  const { children, embed, length, op, text } = one
  if (children !== undefined) return children.map(written).join('')
  if (text === undefined && length !== undefined) return `… ${length} …`
  const said = text ?? JSON.stringify(embed)
  if (op === 'added') return `{+${said}+}`
  return op === 'removed' ? `[-${said}-]` : said
}
