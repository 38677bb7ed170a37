import { contentFormat } from '../../api/content-body.ts'
import { flag, optional, withoutVariable } from '../../config/flag.ts'
import { serveFlags } from '../../config/flags.ts'
import { choice, text } from '../../config/reader.ts'

/** Forms that a person can read, as the API has them. */
export const readableFormats = contentFormat.exclude(['update']).options

/** In which form a file is. */
export const formatFlag = withoutVariable(
  flag(choice(...contentFormat.options), 'update', 'the form of the file'),
)

/** Which root is meant. */
export const rootFlag = withoutVariable(
  optional(text('NAME', 'the name of a root'), 'which root, where the document has several'),
)

/** As the server takes it: without one, the command reads and writes as that server would. */
export const markupFlag = serveFlags.markupFile
