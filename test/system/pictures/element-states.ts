import type { Page } from 'playwright-core'
import type { Access } from '../../../src/base/access.ts'
import type { ServerProcess } from '../../support/harness/process.ts'
import type { Editor } from '../element/site.ts'
import { tokenFor } from '../element/tokens.ts'
import type { State } from './page-states.ts'
import { type Studio, typeAtEnd } from './studio.ts'

/** What the element looks like in a page of a site, by name. */
export const elementStates: Readonly<Record<string, State>> = {
  'element-rich': (studio) => withText(studio, 'rich', '## A heading\nAnd what stands below it.'),
  'element-code': (studio) =>
    withText(studio, 'script', 'const twice = (x) => x * 2 // the same for all', 'code'),

  'element-chat': (studio) => withPanel(studio, 'chat'),
  'element-comments': (studio) => withPanel(studio, 'comments'),
  'element-read-only': (studio) => inStanding(studio, 'read', 'View only'),
  'element-comment-only': (studio) => inStanding(studio, 'comment', 'Comment only'),

  'element-expired': async (studio) => {
    const page = await inStanding(studio, 'write', 'All changes saved', 3_000)
    await typeAtEnd(page, 'Written while it lasted.')
    await says(page, 'Your access has ended')
    return page
  },

  'element-token-needed': async (studio) => {
    const page = await embed(studio, { server: studio.guarded, document: 'closed' })
    await says(page, 'This document asks for a token')
    return page
  },

  'element-offline': async (studio) => {
    const page = await embed(studio, { server: studio.open, document: 'offline' })
    await says(page, 'All changes saved')
    await page.locator('ytopic-editor').evaluate((editor: Editor) => editor.disconnect())
    await typeAtEnd(page, 'Away')
    await says(page, 'Offline, 4 changes kept here')
    return page
  },

  'element-full': async (studio) => {
    const page = await embed(studio, { server: studio.small, document: 'full' })
    await says(page, 'All changes saved')
    await page.locator('.ProseMirror').click()
    await page.keyboard.insertText('Too much of it. '.repeat(300))
    await says(page, 'The document is full')
    return page
  },

  'element-deleted': async (studio) => {
    const page = await withText(studio, 'deleted-too', 'It was here.')
    await fetch(`${studio.open.http}/api/v1/documents/deleted-too`, { method: 'DELETE' })
    await says(page, 'This document was deleted')
    return page
  },

  'element-site-refused': async (studio) => {
    const page = await embed(studio, {
      server: studio.open,
      document: 'refused',
      isKnown: false,
    })
    await says(page, 'This site may not use the server')
    return page
  },

  'element-blocked': async (studio) => {
    const page = await embed(studio, {
      server: studio.open,
      document: 'blocked',
      policy: "connect-src 'none'",
    })
    await says(page, "This page's own policy stops the editor")
    return page
  },

  'element-unnamed': async (studio) => {
    const page = await embed(studio, { server: studio.open, document: '' })
    await says(page, 'No document yet')
    return page
  },
}

interface Embedding {
  readonly server: ServerProcess
  readonly document: string
  readonly kind?: string
  readonly token?: string
  /** Whether the server lets the site in. */
  readonly isKnown?: boolean
  /** The page's own. */
  readonly policy?: string
}

/** Opens a page of the site that has the element in it. */
async function embed({ person, site }: Studio, embedding: Embedding): Promise<Page> {
  const { document, isKnown = true, kind = 'rich', policy, server, token } = embedding
  const style = '<style>:root { color-scheme: light dark; font-family: serif }</style>'
  const tag =
    `<ytopic-editor server="${server.http}" document="${document}" kind="${kind}" ` +
    'panels="comments chat" user-name="Grace Hopper"></ytopic-editor>'
  const given = `<script>document.querySelector('ytopic-editor').token = '${token ?? ''}'</script>`
  const load = `<script type="module" src="${server.http}/embed.js"></script>`
  const body = `${style}<h1>A site</h1>${tag}${token === undefined ? '' : given}${load}`
  const address = new URL(site.serve({ body, ...(policy === undefined ? {} : { policy }) }))
  // Under another name it is another site.
  if (!isKnown) address.hostname = 'stranger.localhost'
  const page = await person()
  await page.goto(address.href)
  return page
}

async function inStanding(
  studio: Studio,
  access: Access,
  words: string,
  forMs?: number,
): Promise<Page> {
  const document = `for-${access}`
  const admin = await tokenFor(document, 'admin')
  await fetch(`${studio.guarded.http}/api/v1/documents/${document}/content?root=prose`, {
    method: 'PUT',
    headers: { 'content-type': 'text/markdown', authorization: `Bearer ${admin}` },
    body: 'What others have written.',
  })
  const token = await tokenFor(document, access, forMs)
  const page = await embed(studio, { server: studio.guarded, document, token })
  await says(page, words)
  return page
}

/** Somebody has written in it, and it is saved. */
async function withText(
  studio: Studio,
  document: string,
  text: string,
  kind = 'rich',
): Promise<Page> {
  const page = await embed(studio, { server: studio.open, document, kind })
  await says(page, 'All changes saved')
  await typeAtEnd(page, text)
  await says(page, 'All changes saved')
  return page
}

async function withPanel(studio: Studio, name: 'chat' | 'comments'): Promise<Page> {
  const page = await withText(studio, `with-${name}`, 'Something to talk about.')
  const title = name === 'chat' ? 'Chat' : 'Comments'
  await page.getByRole('button', { name: title }).click()
  await page.getByRole('complementary', { name: title }).waitFor()
  return page
}

/** Waits until the element says so. */
async function says(page: Page, words: string): Promise<void> {
  await page.locator('ytopic-editor [part=status-title]', { hasText: words }).waitFor({
    state: 'attached',
  })
}
