import { flag, withoutVariable } from '../../config/flag.ts'
import { choice } from '../../config/reader.ts'
import { subcommand } from '../subcommand.ts'
import { apiFlags, online, pathOf } from './api.ts'
import { readableFormats, rootFlag, markupFlag } from './content-flags.ts'

export const show = subcommand({
  name: 'show',
  usage: 'DOCUMENT [VERSION]',
  summary: 'print what is in a document, or was in one of its versions',
  help: `Prints the content of a document as it is, or as it was in the version of that id. Bytes
for Yjs are written by \`ytopic export\`.`,
  flags: {
    format: withoutVariable(
      flag(choice(...readableFormats), 'text', 'the form in which it is told'),
    ),
    root: rootFlag,
    markupFile: markupFlag,
    ...apiFlags,
  },
  words: { min: 1, max: 2 },
  run(given, terminal) {
    const { format, root } = given.values
    const [document = '', version] = given.words
    const below = version === undefined ? ['content'] : ['versions', version, 'content']
    return online(given, async (ask) => {
      const answer = await ask('GET', pathOf(document, ...below), { query: { format, root } })
      terminal.print(await answer.text())
      return 0
    })
  },
})
