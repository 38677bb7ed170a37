import type { Page } from 'playwright-core'
import type { Access } from '../../../src/base/access.ts'
import { tokenFor } from '../element/tokens.ts'
import { fill, stands, type Studio, textOn, typeAtEnd } from './studio.ts'

/** Brings a page into a state that was designed. */
export type State = (studio: Studio) => Promise<Page>

const plan = [
  '# A walk along the river',
  'We meet on **Saturday at nine**, by the [old mill](https://mill.example/).',
  '- Good shoes\n- Something to drink\n- A map: the path is not marked',
  '> Who is slow walks in front.',
  '- [x] Ask the miller\n- [ ] Bake bread',
  '| What | Who |\n| --- | --- |\n| Bread | Ada |\n| Water | Grace |',
  '```\nif (raining) stayAtHome()\n```',
  'Change what you like: everybody who has the link sees it at once.',
].join('\n\n')

/** What the pages look like, by name. */
export const pageStates: Readonly<Record<string, State>> = {
  'start-empty': async (studio) => {
    const page = await studio.person()
    await page.goto(studio.small.http)
    await page.getByText('Nothing here yet').waitFor()
    return page
  },

  'start-list': async (studio) => {
    await fill(studio.open, 'walk', plan)
    await fill(studio.open, 'bread', '# Bread, for beginners')
    await guest(studio, 'walk', 'Ada Byron')
    await guest(studio, 'walk', 'Grace Hopper')
    const page = await studio.person()
    await page.goto(studio.open.http)
    await page.getByText(/In it now: .*,/).waitFor({ state: 'attached' })
    return page
  },

  'start-unlisted': async (studio) => {
    const page = await somebody(studio, 'inside', 'write')
    await stands(page, 'saved')
    await typeAtEnd(page, 'Inside.')
    await stands(page, 'saved')
    await page.goto(studio.guarded.http)
    await page.getByText('does not list').waitFor()
    return page
  },

  'document-empty': async (studio) => {
    const page = await studio.person()
    await page.goto(`${studio.open.http}/d/empty`)
    await stands(page, 'saved')
    return page
  },

  document: async (studio) => {
    const page = await withPeople(studio)
    const hedy = await guest(studio, 'walk', 'Hedy Lamarr')
    await hedy.getByText('Who is slow').click()
    await page.locator('.people .face').nth(1).waitFor({ state: 'attached' })
    return page
  },

  'document-comments': async (studio) => {
    const page = await withPeople(studio)
    await panel(page, 'Comments')
    for (const words of ['old mill', 'Good shoes']) {
      await select(page, words)
      await page.keyboard.press('Control+Alt+M')
      await page.getByRole('textbox', { name: 'Comment' }).fill(`Is “${words}” still right?`)
      await page.keyboard.press('Control+Enter')
      // The answer has come when the card has the keyboard; it comes over the socket earlier.
      const card = page.getByRole('article').filter({ hasText: `Is “${words}” still right?` })
      await card.and(page.locator(':focus')).waitFor()
    }
    return page
  },

  'document-chat': async (studio) => {
    const page = await withPeople(studio)
    const other = await guest(studio, 'walk', 'Ada Byron')
    for (const [at, words] of ['Who brings bread?', 'I do.'].entries()) {
      const one = at === 0 ? other : page
      if (at === 0) await panel(other, 'Chat')
      else await panel(page, 'Chat')
      await one.getByRole('textbox', { name: 'Message' }).fill(words)
      await one.keyboard.press('Enter')
      await one.getByText(words).waitFor()
    }
    await page.getByText('Who brings bread?').waitFor()
    return page
  },

  'document-history': async (studio) => {
    const page = await studio.person()
    await page.goto(studio.open.http)
    await page.getByRole('button', { name: 'Go back in time' }).click()
    await page.locator('.text ins').first().waitFor()
    return page
  },

  'document-talk': async (studio) => {
    const page = await studio.person()
    await page.goto(studio.open.http)
    await page.getByRole('button', { name: 'Comments and suggestions' }).click()
    await page.getByText('red dots on the trees').waitFor()
    return page
  },

  'document-suggestions': async (studio) => {
    await fill(studio.open, 'suggested', plan)
    const page = await guest(studio, 'suggested', 'Grace Hopper')
    await page.getByRole('button', { name: 'Suggesting (experimental)' }).click()
    await select(page, 'the path is not marked')
    await page.keyboard.type('the path is marked in red')
    await typeAtEnd(page, ' So be kind.')
    await page.locator('ytopic-editor ins').first().waitFor()
    return page
  },

  'document-selection': async (studio) => {
    const page = await withPeople(studio)
    await select(page, 'Saturday')
    return page
  },

  'document-share': async (studio) => withPopover(await withPeople(studio), 'share'),
  'document-people': async (studio) => withPopover(await withPeople(studio), 'people'),
  'document-more': async (studio) => withPopover(await withPeople(studio), 'more'),

  'document-following': async (studio) => {
    const page = await withPopover(await withPeople(studio), 'people')
    await page.getByRole('button', { name: 'Follow Ada Byron' }).click()
    await page.getByText('Following Ada Byron').waitFor()
    return page
  },

  'document-code': async (studio) => {
    const page = await studio.person()
    await page.goto(`${studio.open.http}/d/code?kind=code`)
    await stands(page, 'saved')
    await typeAtEnd(page, '// Twice as much.\nconst twice = (x) => x * 2')
    await stands(page, 'saved')
    return page
  },

  'document-read-only': async (studio) => {
    const page = await somebody(studio, 'read', 'read')
    await stands(page, 'view-only')
    return page
  },

  'document-comment-only': async (studio) => {
    const page = await somebody(studio, 'comment', 'comment')
    await stands(page, 'comment-only')
    await panel(page, 'Comments')
    return page
  },

  'document-token-needed': async (studio) => {
    const page = await studio.person()
    await page.goto(`${studio.guarded.http}/d/closed`)
    await stands(page, 'token-needed')
    return page
  },

  'document-forbidden': async (studio) => {
    const page = await studio.person()
    const token = await tokenFor('other', 'write')
    await page.goto(`${studio.guarded.http}/d/closed#token=${token}`)
    await stands(page, 'forbidden')
    return page
  },

  'document-full': async (studio) => {
    const page = await studio.person()
    await page.goto(`${studio.small.http}/d/full`)
    await stands(page, 'saved')
    await textOn(page).click()
    await page.keyboard.insertText('Too much of it. '.repeat(300))
    await stands(page, 'full')
    return page
  },

  'document-deleted': async (studio) => {
    await fill(studio.open, 'deleted', plan)
    const page = await guest(studio, 'deleted', 'Grace Hopper')
    await fetch(`${studio.open.http}/api/v1/documents/deleted`, { method: 'DELETE' })
    await stands(page, 'deleted')
    return page
  },

  'document-away': (studio) => cutOff(studio, 'away', 1006),
  'document-restarting': (studio) => cutOff(studio, 'restarting', 1012),
  'document-busy': (studio) => cutOff(studio, 'busy', 1013),
  'document-expired': (studio) => cutOff(studio, 'expired', 4401),

  lab: async (studio) => {
    const page = await studio.person()
    await page.goto(`${studio.open.http}/lab?document=lab`)
    await page.locator('.pane .ProseMirror').click()
    await page.keyboard.type('Written in the lab.')
    await page.getByRole('button', { name: 'Side by side' }).click()
    await page.locator('.pane:nth-child(2) .ProseMirror').getByText('Written').waitFor()
    await page.getByRole('button', { name: 'Chat' }).first().click()
    await page.getByRole('textbox', { name: 'Message' }).waitFor()
    return page
  },
}

/** Grace, in a document in which somebody else is. */
async function withPeople(studio: Studio): Promise<Page> {
  await fill(studio.open, 'walk', plan)
  const ada = await guest(studio, 'walk', 'Ada Byron')
  await ada.getByText('Something to drink').click()
  const page = await guest(studio, 'walk', 'Grace Hopper')
  await page.locator('.people .face').first().waitFor({ state: 'attached' })
  return page
}

async function guest(studio: Studio, document: string, name: string): Promise<Page> {
  const page = await studio.person({ viewport: { width: 1440, height: 740 } })
  await page.goto(`${studio.open.http}/d/${document}`)
  await stands(page, 'saved')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Your name').press('Enter')
  await page.keyboard.press('Escape')
  return page
}

/** Somebody with a token, at a document that has something in it. */
async function somebody(studio: Studio, document: string, access: Access): Promise<Page> {
  const admin = await tokenFor(document, 'admin')
  await fetch(`${studio.guarded.http}/api/v1/documents/${document}/content?root=prose`, {
    method: 'PUT',
    headers: { 'content-type': 'text/markdown', authorization: `Bearer ${admin}` },
    body: plan,
  })
  const page = await studio.person()
  const token = await tokenFor(document, access)
  await page.goto(`${studio.guarded.http}/d/${document}#token=${token}`)
  return page
}

/** Somebody whose connection was closed so, and whose next ones are. */
async function cutOff(studio: Studio, kind: string, code: number): Promise<Page> {
  const page = await studio.person()
  let isCut = false
  const sockets: (() => void)[] = []
  await page.routeWebSocket(/./, (socket) => {
    const cut = (): void => void socket.close(code === 1006 ? {} : { code, reason: 'Cut off.' })
    sockets.push(cut)
    if (isCut) cut()
    else socket.connectToServer()
  })
  await page.goto(`${studio.open.http}/d/cut-${kind}`)
  await stands(page, 'saved')
  await typeAtEnd(page, 'Before it was cut off. ')
  await stands(page, 'saved')
  isCut = true
  for (const cut of sockets) cut()
  await stands(page, kind)
  await typeAtEnd(page, 'And after.')
  return page
}

async function withPopover(page: Page, id: string): Promise<Page> {
  await page.locator(`[popovertarget=${id}]`).first().click()
  await page.locator(`#${id}`).waitFor()
  return page
}

async function panel(page: Page, name: string): Promise<void> {
  await page
    .locator('.top')
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .click()
  await page.getByRole('complementary', { name }).waitFor()
}

/** Selects words in the text. */
async function select(page: Page, words: string): Promise<void> {
  await textOn(page).evaluate((element, wanted) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const node = walker.currentNode
      const at = node.textContent?.indexOf(wanted) ?? -1
      if (at < 0) continue
      ;(element as HTMLElement).focus()
      getSelection()?.setBaseAndExtent(node, at, node, at + wanted.length)
      return
    }
    throw new Error(`"${wanted}" is not in the text.`)
  }, words)
  await page.locator('.bubble-button').waitFor()
}
