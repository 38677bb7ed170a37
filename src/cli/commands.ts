import { backup } from './backup.ts'
import { compact } from './compact.ts'
import { documents } from './documents.ts'
import { exportDocument } from './transfer/export.ts'
import { importDocuments } from './transfer/import.ts'
import { recover } from './recover.ts'
import { restore } from './restore.ts'
import type { Subcommand } from './subcommand.ts'
import { token } from './token.ts'
import { verify } from './verify.ts'

/** All tools for the operator, in the order in which `--help` lists them. */
export const subcommands: readonly Subcommand[] = [
  documents,
  verify,
  backup,
  restore,
  exportDocument,
  importDocuments,
  compact,
  recover,
  token,
]
