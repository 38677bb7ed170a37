import { afterAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { signToken } from '../../../src/auth/sign.ts'
import { freshDirectory } from '../../support/harness/process.ts'
import { patienceMs, share } from '../../support/share.ts'
import { openStage } from './stage.ts'
import { Tab } from './tab.ts'

const secret = 'a secret of forty characters for a test!'
const directory = await freshDirectory()
const file = join(directory.path, 'secret')
await Bun.write(file, secret)
const stage = await share(openStage(['--jwt-secret-file', file]), patienceMs)
afterAll(() => directory.remove())

async function visit(hash: string): Promise<Tab> {
  const tab = new Tab(await (await stage.person()).newPage())
  await tab.page.goto(`${stage.server.http}/lab?document=plan${hash}`)
  return tab
}

function tokenFor(access: 'read' | 'write'): Promise<string> {
  const nobody = { id: undefined, name: undefined, issuer: undefined, audience: undefined }
  const wishes = { document: 'plan', access, forMs: 600_000, documentsClaim: 'documents' }
  return signToken(secret, { ...wishes, ...nobody }, Date.now())
}

test('DEMO-18: the token of the address lets both clients in, and outlasts a reload', async () => {
  const token = await tokenFor('write')
  const tab = await visit(`#token=${token}`)
  await tab.first.becomes('All changes saved')
  expect(tab.page.url()).not.toContain(token)
  const link = (await tab.page.getByTestId('open-tab').getAttribute('href')) ?? ''
  expect(new URL(link).hash).toBe(`#token=${token}`)
  await tab.first.type('prose', 'Let in.')
  await tab.first.protocol.selectOption('hocuspocus')
  await tab.first.becomes('All changes saved')
  await tab.page.reload()
  await tab.first.shows('prose', 'Let in.')
  await tab.first.becomes('All changes saved')
})

for (const protocol of ['y-websocket', 'hocuspocus']) {
  test(`DEMO-18: without a token, or one to read, it says so (${protocol})`, async () => {
    const stranger = await visit('')
    await stranger.first.protocol.selectOption(protocol)
    await stranger.first.becomes('Refused by the server')
    expect(await stranger.first.detail.textContent()).toContain('token')
    const reader = await visit(`#token=${await tokenFor('read')}`)
    await reader.first.protocol.selectOption(protocol)
    await reader.first.becomes('View only')
    expect(await reader.first.detail.textContent()).toContain('read')
  })
}
