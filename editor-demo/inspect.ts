import type { Client } from './client.ts'
import { find } from './elements.ts'
import { openedBy } from './opened-by.ts'

/**
 * Has a button of the view open and close the inspector below it, which is loaded for that.
 * Gives the function that ends it.
 */
export function offerInspector(
  view: HTMLElement,
  client: Client,
  token: string | undefined,
): () => void {
  const place = find(view, HTMLElement, '.inspector')
  return openedBy(find(view, HTMLButtonElement, '.inspect'), async () => {
    const { openInspector, overHocuspocus, overWebsocket } = await import('ytopic/inspector')
    return () => {
      const { link } = client
      const inspected =
        link.protocol === 'hocuspocus'
          ? overHocuspocus(link.provider)
          : overWebsocket(link.provider)
      const server = location.origin
      return openInspector(place, inspected, { server, document: client.document, token })
    }
  })
}
