import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { type Editor, openServedSite, type Visit } from '../element/site.ts'

const { server, site } = await share(openServedSite(), patienceMs)

/** Somebody at a page of another site, under a policy that allows little. */
function visit(name: string, connects: string): Promise<Visit> {
  const tag =
    `<ytopic-editor document="away" panels="comments chat" user-name="${name}">` +
    '</ytopic-editor>'
  return site.visit({
    body: `<script type="module" src="${server.http}/embed.js"></script>${tag}`,
    policy: [
      "default-src 'none'",
      `script-src ${server.http}`,
      "style-src 'self'",
      'img-src data:',
      `connect-src ${connects}`,
      "require-trusted-types-for 'script'",
      'trusted-types ytopic ProseMirrorClipboard',
    ].join('; '),
  })
}

async function comment({ element, page }: Visit, says: string): Promise<void> {
  await element.evaluate((editor: Editor) => editor.comment({ from: 4, to: 8 }))
  await element.getByRole('textbox', { name: 'Comment' }).fill(says)
  await page.keyboard.press('Control+Enter')
}

test('PANEL-14: comments and chat work in a page of another site, under its policy', async () => {
  const ada = await visit('Ada', `${server.url} ${server.http}`)
  const bob = await visit('Bob', `${server.url} ${server.http}`)
  await ada.type('The tide comes.')
  await ada.says('All changes saved')
  await comment(ada, 'Does it?')
  const marks = bob.element.locator('.ytopic-mark')
  await until('marked', async () => (await marks.allTextContents()).join('') === 'tide')
  await bob.element.getByRole('button', { name: 'Comments, 1' }).click()
  await bob.element.getByRole('article').getByText('Does it?').waitFor()
  await ada.page.reload()
  await ada.element.getByRole('button', { name: 'Comments, 1' }).click()
  const own = ada.element.getByRole('article')
  await own.getByRole('button', { name: 'Change this comment' }).click()
  await own.getByRole('button', { name: 'Edit' }).click()
  await ada.element.getByRole('textbox', { name: 'Change the comment' }).fill('It does.')
  await ada.page.keyboard.press('Control+Enter')
  await bob.element.getByRole('article').getByText('It does.').waitFor()
  await bob.element.getByRole('button', { name: 'Chat' }).click()
  await bob.element.getByRole('textbox', { name: 'Message' }).fill('Hello.')
  await bob.page.keyboard.press('Enter')
  await ada.element.getByRole('button', { name: 'Chat, 1' }).waitFor()
  expect([...ada.complaints, ...bob.complaints]).toEqual([])
})

test('PANEL-14: a policy that stops comments is named, and stops nothing else', async () => {
  const ada = await visit('Ada', server.url)
  await ada.says('All changes saved')
  await ada.type('The tide comes.')
  await comment(ada, 'Does it?')
  await ada.element.getByText(`it must name: connect-src ${server.http}`).waitFor()
  await ada.type(' And goes.')
  await ada.says('All changes saved')
})
