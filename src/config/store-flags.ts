import { optional } from './flag.ts'
import { type Reader, text } from './reader.ts'

const file = text('FILE', 'a file')

/** A URL with one of those schemes. */
function urlOf(schemes: RegExp, example: string): Reader<string> {
  return {
    placeholder: 'URL',
    takes: `a URL such as ${example}`,
    read: (given) => (schemes.test(given) && URL.canParse(given) ? given : undefined),
  }
}

/** The flags that say which database keeps the documents, and how its servers tell each other. */
export const storeFlags = {
  store: optional(
    urlOf(/^postgres(?:ql)?:\/\/./, 'postgres://user@host:5432/name'),
    'a PostgreSQL database that keeps the documents in the place of --data, such as ' +
      'postgres://ytopic@db.example.org:5432/ytopic; several servers may share one',
  ),
  storePasswordFile: optional(
    file,
    'the password of the user in --store; or the password itself in PGPASSWORD',
  ),
  storeCaFile: optional(
    file,
    'certificates in PEM, one of which has to have signed that of the database; a database ' +
      'without such a certificate is not used',
  ),
  bus: optional(
    urlOf(/^rediss?:\/\/[^/]/, 'redis://host:6379'),
    'a Redis by which the servers on one database tell each other at once, such as ' +
      'redis://bus.example.org:6379, or rediss:// with TLS; nothing is kept in it',
  ),
  busPasswordFile: optional(file, 'the password of the Redis of --bus'),
  busCaFile: optional(
    file,
    'certificates in PEM, one of which has to have signed that of the Redis of --bus',
  ),
} as const
