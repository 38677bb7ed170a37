import type * as Y from 'yjs'
import { keepOffline, type OfflineCopy, overWebsocket } from '../offline.ts'
import type { YWebsocketLink } from './y-websocket-link.ts'

/** Whose copy of which document is kept. */
interface Kept {
  readonly server: string
  readonly document: string
  /** The person; empty for the one whom the token names. */
  readonly offline: string | undefined
  readonly token: string | undefined
}

/** Keeps a copy on this device, of the person who has it open. It is loaded where one is kept. */
export function keepOnDevice(doc: Y.Doc, link: YWebsocketLink, kept: Kept): OfflineCopy {
  const { document, offline, server, token } = kept
  const copy = keepOffline(doc, { server, document, person: offline || personIn(token) })
  copy.follow(overWebsocket(link.provider, link.saved))
  return copy
}

/** Whom a token names, if it is a JWT; empty otherwise. It proves nothing: that is the server's. */
function personIn(token: string | undefined): string {
  try {
    const [, claims = ''] = token?.split('.') ?? []
    const text = atob(claims.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0))
    const said: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const isNamed = typeof said === 'object' && said !== null && 'sub' in said
    return isNamed && typeof said.sub === 'string' ? said.sub : ''
  } catch {
    return ''
  }
}
