import { readFile } from 'node:fs/promises'
import { signToken, type TokenWishes } from '../auth/sign.ts'
import { AuthSetupError } from '../auth/auth-setup-error.ts'
import { accessLevels, asAccess } from '../base/access.ts'
import type { ExitCode, Given, Subcommand } from './command.ts'

const day = 86_400_000
const units: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', day],
])
const forMsMax = 366 * day

export const token: Subcommand = {
  name: 'token',
  usage: '--document NAME [--access LEVEL] [--for TIME] [flags]',
  summary: 'make a token for development',
  help: `Prints a token (JWT, HS256) that a server with the same secret takes. The secret comes from
YTOPIC_JWT_SECRET or --jwt-secret-file, as for the server.

  --document NAME           the document; team/* stands for all below team/, * for all
  --access LEVEL            read, comment, write or admin: what may be done with it (default write)
  --for TIME                how long it is good, as 90s, 15m, 1h or 7d (default 1h)
  --id ID                   who it is for ("sub")
  --name NAME               what that person is called
  --jwt-secret-file FILE    the secret (YTOPIC_JWT_SECRET_FILE)
  --jwt-issuer ISSUER       "iss" (YTOPIC_JWT_ISSUER)
  --jwt-audience AUDIENCE   "aud" (YTOPIC_JWT_AUDIENCE)
  --jwt-documents-claim CLAIM
                            the claim that names the documents (YTOPIC_JWT_DOCUMENTS_CLAIM,
                            default documents)`,
  flags: {
    document: 'value',
    access: 'value',
    for: 'value',
    id: 'value',
    name: 'value',
    'jwt-secret-file': 'value',
    'jwt-issuer': 'value',
    'jwt-audience': 'value',
    'jwt-documents-claim': 'value',
  },
  withoutData: true,
  words: { min: 0, max: 0 },
  mistake: (given) => {
    const read = readWishes(given)
    return typeof read === 'string' ? read : undefined
  },
  async run(given, terminal): Promise<ExitCode> {
    const wishes = readWishes(given)
    if (typeof wishes === 'string') throw new AuthSetupError(wishes)
    terminal.print(await signToken(await readSecret(given), wishes, terminal.wallClock()))
    return 0
  },
}

/** What the token is to say; a sentence when that is not clear. */
function readWishes({ environment, value }: Given): TokenWishes | string {
  const document = value('document')
  if (document === undefined || document === '') return 'token needs --document NAME'
  const access = asAccess(value('access') ?? 'write')
  if (access === undefined) {
    return `--access takes ${accessLevels.join(', ')}, not '${value('access')}'`
  }
  const given = value('for') ?? '1h'
  const forMs = readTime(given)
  if (forMs === undefined) return `--for takes a time such as 90s, 15m, 1h or 7d, not '${given}'`
  return {
    document,
    access,
    forMs,
    id: value('id'),
    name: value('name'),
    issuer: value('jwt-issuer') ?? environment['YTOPIC_JWT_ISSUER'],
    audience: value('jwt-audience') ?? environment['YTOPIC_JWT_AUDIENCE'],
    documentsClaim:
      value('jwt-documents-claim') ?? environment['YTOPIC_JWT_DOCUMENTS_CLAIM'] ?? 'documents',
  }
}

async function readSecret({ environment, value }: Given): Promise<string> {
  const file = value('jwt-secret-file') ?? environment['YTOPIC_JWT_SECRET_FILE']
  if (file !== undefined) return readFile(file, 'utf8')
  const secret = environment['YTOPIC_JWT_SECRET']
  if (secret !== undefined) return secret
  throw new AuthSetupError('there is no secret; set YTOPIC_JWT_SECRET or --jwt-secret-file')
}

function readTime(given: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,9})([smhd])$/.exec(given) ?? []
  const size = units.get(unit) ?? 0
  const ms = Number(digits) * size
  return ms > 0 && ms <= forMsMax ? ms : undefined
}
