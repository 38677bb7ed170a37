import { quote } from '../quote.ts'
import { subcommand } from '../subcommand.ts'
import { apiFlags, online, pathOf } from './api.ts'

const common = {
  usage: 'DOCUMENT',
  flags: apiFlags,
  words: { min: 1, max: 1 },
} as const

export const deleteDocument = subcommand({
  ...common,
  name: 'delete',
  summary: 'delete a document; its content stays until it is purged',
  help: `Deletes a document: those who are in it are sent away, and nobody opens it any more.
What was in it stays, to be brought back with undelete or removed for good with purge.`,
  run: (given, terminal) =>
    online(given, async (ask) => {
      const [document = ''] = given.words
      await ask('DELETE', pathOf(document))
      terminal.print(`deleted: document ${quote(document)}`)
      return 0
    }),
})

export const undelete = subcommand({
  ...common,
  name: 'undelete',
  summary: 'bring a deleted document back',
  help: `Brings a deleted document back, as it was, with its versions.`,
  run: (given, terminal) =>
    online(given, async (ask) => {
      const [document = ''] = given.words
      await ask('POST', pathOf(document, 'undelete'))
      terminal.print(`brought back: document ${quote(document)}`)
      return 0
    }),
})

export const purge = subcommand({
  ...common,
  name: 'purge',
  summary: 'remove a deleted document for good',
  help: `Removes all of a deleted document for good: content and versions, from the files too;
backups keep what they have. Its name may be used anew, and clients of before bring nothing back.`,
  run: (given, terminal) =>
    online(given, async (ask) => {
      const [document = ''] = given.words
      await ask('POST', pathOf(document, 'purge'))
      terminal.print(`purged: document ${quote(document)}`)
      return 0
    }),
})
