import { backup } from './backup.ts'
import { compact } from './compact.ts'
import { documents } from './documents.ts'
import { diff } from './online/diff.ts'
import { mcp } from './online/mcp.ts'
import { deleteDocument, purge, undelete } from './online/removal.ts'
import { show } from './online/show.ts'
import { versions } from './online/versions.ts'
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
  show,
  versions,
  diff,
  restore,
  deleteDocument,
  undelete,
  purge,
  exportDocument,
  importDocuments,
  backup,
  verify,
  compact,
  recover,
  token,
  mcp,
]
