import { optional } from './flag.ts'
import { type Reader, text } from './reader.ts'

const file = text('FILE', 'a file')

/** An address with one of those schemes. */
function address(schemes: RegExp, example: string): Reader<string> {
  return {
    placeholder: 'URL',
    takes: `an address such as ${example}`,
    read: (given) => (schemes.test(given) && URL.canParse(given) ? given : undefined),
  }
}

/** The flags that say which database keeps the documents, and how its servers tell each other. */
export const storeFlags = {
  store: optional(
    address(/^postgres(?:ql)?:\/\/./, 'postgres://user@host:5432/name'),
    'a PostgreSQL database that keeps the documents in the place of --data, such as ' +
      'postgres://ytopic@db.example.org:5432/ytopic; several servers may share one',
  ),
  storePasswordFile: optional(
    file,
    'the password of its user; or the password itself in PGPASSWORD',
  ),
  storeCaFile: optional(
    file,
    'the certificates, in PEM, by one of which its own has to be signed; then nothing is said to ' +
      'a database that shows no such certificate',
  ),
  bus: optional(
    address(/^rediss?:\/\/[^/]/, 'redis://host:6379'),
    'a Redis by which the servers on one database tell each other at once, such as ' +
      'redis://bus.example.org:6379, or rediss:// with TLS; nothing is kept in it',
  ),
  busPasswordFile: optional(file, 'its password'),
  busCaFile: optional(file, 'the certificates, in PEM, by one of which its own has to be signed'),
} as const
