import { optional } from './flag.ts'
import { type Reader, text } from './reader.ts'

const address: Reader<string> = {
  placeholder: 'URL',
  takes: 'an address such as postgres://user@host:5432/name',
  read: (given) => (/^postgres(?:ql)?:\/\//.test(given) && URL.canParse(given) ? given : undefined),
}

/** The flags that say which database keeps the documents, in the place of a directory. */
export const storeFlags = {
  store: optional(
    address,
    'a PostgreSQL database that keeps the documents in the place of --data, such as ' +
      'postgres://ytopic@db.example.org:5432/ytopic; several servers may share one',
  ),
  storePasswordFile: optional(
    text('FILE', 'a file'),
    'the password of its user; or the password itself in PGPASSWORD',
  ),
  storeCaFile: optional(
    text('FILE', 'a file'),
    'the certificates, in PEM, by one of which its own has to be signed; then nothing is said to ' +
      'a database that shows no such certificate',
  ),
} as const
