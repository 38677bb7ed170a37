import { flag, optional } from './flag.ts'
import { choice, count, text } from './reader.ts'

/** The flags of `ytopic serve`. One entry is a flag, its environment variable and its help. */
export const serveFlags = {
  host: flag(text('HOST', 'a host name or an address'), '127.0.0.1', 'address to listen on'),
  port: flag(count('PORT', 0, 65_535), '1234', 'port to listen on, 0 for a free one'),
  data: flag(text('DIRECTORY', 'a directory'), './data', 'where documents are kept'),
  durability: flag(
    choice('full', 'relaxed'),
    'full',
    'full: "saved" means on disk, also after a power cut; relaxed: "saved" means written, and a ' +
      'power cut may take the last moments',
  ),
  allowAnonymous: optional(
    choice('write'),
    'let anybody who can reach the server read and write every document; needed to listen ' +
      'beyond this machine',
  ),
} as const
