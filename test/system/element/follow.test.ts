import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { type Editor, openServedSite } from './site.ts'

const { server, site } = await share(openServedSite(), patienceMs)

for (const kind of ['rich', 'code'] as const) {
  test(`ELEMENT-15: follow stays with another caret until one moves (${kind})`, async () => {
    const tag = `<ytopic-editor document="f-${kind}" kind="${kind}"></ytopic-editor>`
    const load = `<script type="module" src="${server.http}/embed.js"></script>`
    const visit = await site.visit({ body: `${tag}${load}` })
    const guest = await site.visit({ body: `${tag}${load}` })
    await guest.type('First.')
    for (let line = 0; line < 80; line++) await guest.page.keyboard.press('Enter')
    await guest.page.keyboard.type('Last.')
    await visit.shows('Last.')
    const id = await guest.element.evaluate((editor: Editor) => editor.doc?.clientID)
    const top = (): Promise<number> => visit.page.evaluate(() => scrollY)
    const follow = (): Promise<unknown> =>
      visit.element.evaluate((editor: Editor, client) => {
        editor.follow(client)
        return editor.followed
      }, id)
    expect(await follow()).toBe(id)
    await until('there', async () => (await top()) > 300)
    await guest.page.keyboard.press('Control+Home')
    await guest.page.keyboard.type('At the top. ')
    await until('with them', async () => (await top()) < 300)
    await visit.page.mouse.wheel(0, 1)
    await until('ended', () =>
      visit.element.evaluate((editor: Editor) => editor.followed === undefined),
    )
  })
}

test('ELEMENT-15: a panel opens by its name, and says days in the language of a page', async () => {
  const tag = '<div lang="de"><ytopic-editor document="words" panels="chat"></ytopic-editor></div>'
  const load = `<script type="module" src="${server.http}/embed.js"></script>`
  const visit = await site.visit({ body: `${tag}${load}` }, 1000)
  await visit.says('All changes saved')
  await visit.element.evaluate((editor: Editor) => editor.openPanel('chat'))
  const chat = visit.page.getByRole('complementary', { name: 'Chat' })
  await chat.getByRole('textbox').fill('Guten Tag')
  await visit.page.keyboard.press('Enter')
  await chat.getByText('Heute').waitFor()
  expect(await visit.element.evaluate((editor: Editor) => editor.panel)).toBe('chat')
  const tab = visit.element.getByRole('button', { name: 'Chat' })
  expect(await tab.getAttribute('aria-pressed')).toBe('true')
  await tab.click()
  await chat.waitFor({ state: 'hidden' })
})

test('ELEMENT-15: styles of an extension carry the nonce of the element', async () => {
  const tag = '<ytopic-editor document="nonce" nonce="abc123"></ytopic-editor>'
  const load = `<script type="module" src="${server.http}/embed.js"></script>`
  const visit = await site.visit({ body: `${tag}${load}` })
  await visit.ready()
  const given = await visit.element.evaluate((editor: Editor) => {
    const native = editor.editor as { readonly options: { readonly injectNonce?: string } }
    return native.options.injectNonce
  })
  expect(given).toBe('abc123')
})
