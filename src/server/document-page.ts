import { readDocumentName } from '../protocol/document-name.ts'
import { decideAbout } from '../http/authorize.ts'
import type { Credentials } from '../http/credentials.ts'
import { refuseRequest } from '../http/answers.ts'

/**
 * Answers a request for a document that is no upgrade: programs ask in this way whether a token is
 * good. 401 without one or with one that is too old, 403 where it does not cover the document, and
 * 426 where nothing is missing but the upgrade.
 */
export async function documentPage(
  parts: Parameters<typeof decideAbout>[0],
  encodedName: string,
  caller: Credentials,
): Promise<Response> {
  const name = readDocumentName(encodedName)
  if (name.kind === 'bad-name') return refuseRequest('bad-name', name.reason)
  try {
    const verdict = await decideAbout(parts, name.name, caller)
    if (verdict.kind === 'granted') return refuseRequest('upgrade-required')
    const nobody = caller.token === undefined || verdict.expired === true
    return refuseRequest(nobody ? 'token-needed' : 'permission-denied', verdict.reason)
  } catch {
    // It was logged where it happened.
    return refuseRequest('authority-unavailable')
  }
}
