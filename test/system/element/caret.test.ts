import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { type Editor, openServedSite, type SitePage } from './site.ts'

const { server, site } = await share(openServedSite(), patienceMs)

function pageWith(kind: string, user: string): SitePage {
  const tag = `<ytopic-editor document="caret" kind="${kind}" root="${kind}" user-name="${user}">`
  return {
    body: `${tag}</ytopic-editor><script type="module" src="${server.http}/embed.js"></script>`,
  }
}

/** Selects the first word in the turn in which all that was kept back comes. */
function selectWhileTheyCome(): Promise<string> {
  const selection = getSelection()
  selection?.modify('move', 'backward', 'lineboundary')
  for (let step = 0; step < 5; step++) selection?.modify('extend', 'forward', 'character')
  dispatchEvent(new Event('release'))
  // The editor and the browser have both shown it, and told of it.
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      requestAnimationFrame(() => setTimeout(() => resolve(String(selection)), 0))
    })
  })
}

function holdMessages(element: Editor): void {
  const socket = element.provider?.ws
  if (!socket) throw new Error('there is no socket')
  const take = socket.onmessage
  const held: MessageEvent[] = []
  socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
    held.push(event)
    // Of y-websocket: a message about the document, and that an update of it.
    const [kind, about] = new Uint8Array(event.data)
    if (kind === 0 && about === 2) document.body.dataset['held'] = 'an update'
  }
  addEventListener('release', () => {
    socket.onmessage = take
    for (const event of held) take?.call(socket, event)
  })
}

test.each(['rich', 'code', 'text'])(
  'ELEMENT-17: what others write leaves a selection that was made in that moment: %s',
  async (kind) => {
    const ada = await site.visit(pageWith(kind, 'Ada'))
    await ada.type('Plain words.')
    await ada.says('All changes saved')
    const bob = await site.visit(pageWith(kind, 'Bob'))
    await bob.shows('Plain words.')
    await ada.element.evaluate(holdMessages)
    await bob.type(' More.')
    await bob.says('All changes saved')
    await ada.page.locator('body[data-held]').waitFor()
    expect(await ada.page.evaluate(selectWhileTheyCome)).toBe('Plain')
    await ada.shows('Plain words. More.')
    await ada.page.keyboard.type('Few')
    await bob.shows('Few words. More.')
  },
)
