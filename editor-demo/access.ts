import type { Client } from './client.ts'
import { addressOf } from './document-name.ts'
import { find } from './elements.ts'
import { type Link, mayOnlyRead, mayWrite } from '../editor/link/link.ts'

/**
 * Keeps the view showing what its client may do: write, read, or nothing yet, and then what a token
 * is and where it goes. Gives the function that ends it.
 * @param useToken somebody has typed a token
 */
export function showAccess(
  view: HTMLElement,
  client: Client,
  useToken: (token: string) => void,
): () => void {
  const notice = find(view, HTMLElement, '.notice')
  const editors = find(view, HTMLElement, '.editors')
  const field = find(notice, HTMLInputElement, 'input')
  const { pathname, search } = addressOf(client.document, new URL(location.href))
  find(notice, HTMLElement, '.place').textContent = `${pathname}${search}#token=…`
  find(notice, HTMLFormElement, 'form').addEventListener('submit', (event) => {
    event.preventDefault()
    useToken(field.value.trim())
  })
  const show = (): void => {
    const isDenied = client.link.standing.kind === 'denied'
    view.dataset['access'] = accessOf(client.link)
    notice.hidden = !isDenied
    // What was read or written before stays to be seen.
    editors.hidden = isDenied && client.prose.length === 0 && client.code.length === 0
  }
  show()
  return client.link.watch(show)
}

function accessOf(link: Link): 'read' | 'write' | 'none' {
  if (mayWrite(link)) return 'write'
  return mayOnlyRead(link) ? 'read' : 'none'
}
