import type { Client } from './client.ts'

/**
 * How a client stands with the server. A further state, such as "saved" once the server says so,
 * is one more member here and one more case in `describeStatus`.
 */
export type ConnectionStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'synced' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'refused'; readonly reason: string }

/** What a person is told of a status. */
export interface StatusWords {
  readonly title: string
  readonly detail: string
}

const keeping = 'Keeping your edits here: they survive as long as this tab is open.'

/** Puts a status in words. */
export function describeStatus(status: ConnectionStatus): StatusWords {
  switch (status.kind) {
    case 'connecting':
      return { title: 'Connecting', detail: '' }
    case 'synced':
      return { title: 'Synced', detail: '' }
    case 'paused':
      return { title: 'Offline', detail: keeping }
    case 'unreachable':
      return { title: 'Server away, trying again', detail: keeping }
    case 'refused':
      return { title: 'Refused by the server', detail: status.reason || keeping }
  }
}

function statusOf({ provider }: Client, refusal: string | undefined): ConnectionStatus {
  if (refusal !== undefined) return { kind: 'refused', reason: refusal }
  if (!provider.shouldConnect) return { kind: 'paused' }
  if (provider.wsconnected) return { kind: provider.synced ? 'synced' : 'connecting' }
  return { kind: provider.wsUnsuccessfulReconnects > 0 ? 'unreachable' : 'connecting' }
}

/**
 * Calls `listener` with the status now and whenever it has become another one.
 * Gives the function that ends it.
 */
export function watchStatus(
  client: Client,
  listener: (status: ConnectionStatus) => void,
): () => void {
  const { provider } = client
  let shown: string | undefined
  let refusal: string | undefined
  let watching = true
  const look = (): void => {
    if (!watching) return
    const status = statusOf(client, refusal)
    const words = JSON.stringify(status)
    if (words !== shown) listener(status)
    shown = words
  }
  // The provider changes its fields after it has told of an event, so look when it is through.
  const lookSoon = (): void => queueMicrotask(look)
  const onStatus = ({ status }: { readonly status: string }): void => {
    if (status === 'connecting') refusal = undefined
    lookSoon()
  }
  const onClosed = ({ reason }: { readonly reason: string }): void => {
    refusal = reason
    lookSoon()
  }
  provider.on('status', onStatus)
  provider.on('closed', onClosed)
  provider.on('sync', lookSoon)
  provider.on('connection-close', lookSoon)
  look()
  return () => {
    watching = false
    provider.off('status', onStatus)
    provider.off('closed', onClosed)
    provider.off('sync', lookSoon)
    provider.off('connection-close', lookSoon)
  }
}
