import type { Access } from '../../../src/base/access.ts'
import { signToken } from '../../../src/auth/sign.ts'

/** What the server of these tests knows tokens by. */
export const secret = 'a secret of forty characters for a test!'

/** A token for a document. */
export function tokenFor(document: string, access: Access, forMs = 600_000): Promise<string> {
  const nobody = { id: undefined, name: undefined, issuer: undefined, audience: undefined }
  const wishes = { document, access, forMs, documentsClaim: 'documents' }
  return signToken(secret, { ...wishes, ...nobody }, Date.now())
}
