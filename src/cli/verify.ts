import { checkAll, summaryOf } from './check.ts'
import { dataFlags, type ExitCode } from './command.ts'
import { subcommand } from './subcommand.ts'
import { readingFrom } from './data-file.ts'
import { folding } from './transfer/fold-parts.ts'
import { counted } from './quote.ts'

export const verify = subcommand({
  name: 'verify',
  usage: '',
  summary: 'check every checksum and load every document',
  help: `Checks the file, every checksum and whether every document loads; changes nothing. Works
while a server runs. Names what is damaged, also what a server has set aside before,
and what takes too long to load (YTOPIC_FOLD_MS_MAX) or too much memory
(YTOPIC_FOLD_MEMORY_BYTES_MAX). Ends with 0 when all is well and with 1 when anything is damaged.`,
  flags: dataFlags,
  words: { min: 0, max: 0 },
  run(given, terminal) {
    return readingFrom(given.values, async (reader): Promise<ExitCode> => {
      const checked = await folding(given, terminal, (fold) => checkAll(reader, fold, terminal))
      for (const fault of checked.faults) terminal.print(fault)
      const found = checked.faults.length
      const verdict = found === 0 ? 'all sound' : counted(found, 'fault')
      terminal.print(`${summaryOf(checked)}: ${verdict}`)
      return found === 0 ? 0 : 1
    })
  },
})
