import type { Client } from './client.ts'
import { find } from './elements.ts'

/**
 * Has a button of the view open and close the inspector below it, which is loaded for that.
 * Gives the function that ends it.
 */
export function offerInspector(
  view: HTMLElement,
  client: Client,
  token: string | undefined,
): () => void {
  const button = find(view, HTMLButtonElement, '.inspect')
  const place = find(view, HTMLElement, '.inspector')
  let end: (() => void) | undefined
  let isWanted = false
  const close = (): void => {
    isWanted = false
    end?.()
    end = undefined
    button.ariaPressed = 'false'
  }
  const open = async (): Promise<void> => {
    isWanted = true
    button.ariaPressed = 'true'
    const { openInspector, overHocuspocus, overWebsocket } = await import('ytopic/inspector')
    // It may have been closed while that was loaded.
    if (!isWanted) return
    const { link } = client
    const inspected =
      link.protocol === 'hocuspocus' ? overHocuspocus(link.provider) : overWebsocket(link.provider)
    const server = location.origin
    end = openInspector(place, inspected, { server, document: client.document, token })
  }
  button.addEventListener('click', () => {
    if (isWanted) close()
    else open().catch(close)
  })
  return close
}
