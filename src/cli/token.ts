import { readFile } from 'node:fs/promises'
import { AuthSetupError } from '../auth/auth-setup-error.ts'
import { signToken, type TokenWishes } from '../auth/sign.ts'
import { accessLevels } from '../base/access.ts'
import { authFlags, readSecrets } from '../config/auth-flags.ts'
import { flag, optional, withoutVariable } from '../config/flag.ts'
import { choice, duration, text } from '../config/reader.ts'
import type { ExitCode, Given } from './command.ts'
import { subcommand } from './subcommand.ts'

const second = 1_000
const year = 366 * 86_400 * second

const flags = {
  document: withoutVariable(
    optional(
      text('NAME', 'the name of a document'),
      'the document; team/* stands for all below team/, * for all',
    ),
  ),
  access: withoutVariable(
    flag(choice(...accessLevels), 'write', 'what the token lets its holder do'),
  ),
  for: withoutVariable(flag(duration(second, year), '1h', 'how long the token is good')),
  id: withoutVariable(optional(text('ID', 'an id'), 'who it is for ("sub")')),
  name: withoutVariable(optional(text('NAME', 'a name'), 'what that person is called')),
  jwtSecretFile: authFlags.jwtSecretFile,
  jwtIssuer: authFlags.jwtIssuer,
  jwtAudience: authFlags.jwtAudience,
  jwtDocumentsClaim: authFlags.jwtDocumentsClaim,
} as const

export const token = subcommand({
  name: 'token',
  usage: '--document NAME',
  summary: 'make a token for development',
  help: `Prints a token (JWT, HS256) that a server with the same secret takes. The secret comes from
YTOPIC_JWT_SECRET or --jwt-secret-file, as for the server.`,
  flags,
  words: { min: 0, max: 0 },
  mistake: ({ values: { document } }) =>
    document === undefined ? 'token needs --document NAME' : undefined,
  async run(given, terminal): Promise<ExitCode> {
    const secret = await readSecret(given)
    terminal.print(await signToken(secret, wishesOf(given), terminal.wallClock()))
    return 0
  },
})

/** What the token is to say. */
function wishesOf({ values }: Given<typeof flags>): TokenWishes {
  return {
    document: values.document ?? '',
    access: values.access,
    forMs: values.for,
    id: values.id,
    name: values.name,
    issuer: values.jwtIssuer,
    audience: values.jwtAudience,
    documentsClaim: values.jwtDocumentsClaim,
  }
}

async function readSecret({ environment, values }: Given<typeof flags>): Promise<string> {
  if (values.jwtSecretFile !== undefined) return readFile(values.jwtSecretFile, 'utf8')
  const { jwtSecret } = readSecrets(environment)
  if (jwtSecret !== undefined) return jwtSecret
  throw new AuthSetupError(
    'There is no secret to sign with; set YTOPIC_JWT_SECRET or --jwt-secret-file.',
  )
}
