import { SQL } from 'bun'
import { StoreError } from '../store-error.ts'

/** What a refusal of PostgreSQL's, or of the way to it, means to who uses the store. */
export function storeErrorOf(error: unknown, place: string): StoreError {
  if (error instanceof StoreError) return error
  const distrust = distrustOf(error)
  if (distrust !== undefined) {
    const remedy = 'mend its certificate, or name in --store-ca-file the one that has signed it.'
    const message = `${place} cannot be used now: ${distrust}; ${remedy}`
    return new StoreError('unavailable', message, { cause: error })
  }
  if (!(error instanceof SQL.PostgresError)) throw error
  const code = codeOf(error)
  const said = `${error.message} (${code})`
  const options = { cause: error }
  if (/^XX00[12]$/.test(code)) {
    const message = `${place} cannot be read: ${said}; put back a backup of the database.`
    return new StoreError('damaged', message, options)
  }
  const remedy = remedies.find(([codes]) => codes.test(code))?.[1] ?? 'it may work later.'
  return new StoreError('unavailable', `${place} cannot be used now: ${said}; ${remedy}`, options)
}

/** Why the certificate of the database is not believed, where that is what is wrong. */
function distrustOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const { code, message } = error
  if (!/^(ERR_TLS|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)|CERT/.test(String(code))) return undefined
  return `${message} (${String(code)})`
}

/** PostgreSQL's SQLSTATE, else the name that Bun gives to what happened. */
function codeOf(error: unknown): string {
  if (!(error instanceof SQL.PostgresError)) return ''
  return error.errno ?? error.code
}

/**
 * Whether the statement was rolled back for the sake of another one, and can be given again: that
 * one held a lock, or has made a row meanwhile that this one did not see.
 */
export function isClash(error: unknown): boolean {
  return /^(40(P01|001)|23505)$/.test(codeOf(error))
}

/** Whether the connection ended: nobody knows then whether the statement took effect. */
export function isCut(error: unknown): boolean {
  return /^(57P0[123]|08|ERR_POSTGRES_CONNECTION_(CLOSED|TIMEOUT|FAILED))/.test(codeOf(error))
}

/** Whether nobody answers for the moment, as the database is starting, stopping, or not there. */
export function isAway(error: unknown): boolean {
  return isCut(error) || codeOf(error) === 'ERR_POSTGRES_CONNECTION_REFUSED'
}

const remedies: readonly (readonly [RegExp, string])[] = [
  [/^ERR_POSTGRES_CONNECTION_REFUSED/, 'start PostgreSQL, or mend the address of --store.'],
  [/^28/, 'mend user and password (--store-password-file, or PGPASSWORD).'],
  [/^3D000/, 'make the database with createdb, or name another one.'],
  [/^3F000|^42501/, 'let this user create and write the schema.'],
  [/^25006/, 'this is a standby or read-only; name the primary.'],
  [/^53100/, "make room on the database's disk."],
  [/^53300/, 'raise max_connections, or put a pooler before it.'],
  [/^53/, 'look at the memory and the disk of the database server.'],
  [/^57014|^55P03/, 'it took too long; look at what keeps the database busy.'],
  [/^57P03/, 'it is starting or stopping; wait.'],
  [/^58/, "look at the database's disk and its log."],
]
