import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { keepPicture, openStage } from './stage.ts'
import { agree } from './tab.ts'

const stage = await share(openStage(), patienceMs)

const protocols = ['y-websocket', 'hocuspocus'] as const

for (const protocol of protocols) {
  test(`DEMO-16: what is not on the disk is not called saved (${protocol})`, async () => {
    const tab = await stage.visit(`slow ${protocol}`)
    const ada = tab.first
    await ada.protocol.selectOption(protocol)
    await ada.becomes('All changes saved')
    // The editor comes from the server.
    await ada.prose.waitFor()
    stage.freeze()
    await ada.type('prose', 'Not yet.')
    await ada.becomes('Saving…')
    await keepPicture(tab, `saving-${protocol}`)
    stage.thaw()
    await ada.becomes('All changes saved')
  })

  test(`DEMO-16: offline it says how many changes are kept here (${protocol})`, async () => {
    const tab = await stage.visit(`offline ${protocol}`)
    const ada = tab.first
    await ada.protocol.selectOption(protocol)
    await ada.type('prose', 'On. ')
    await ada.becomes('All changes saved')
    await ada.offline.click()
    await ada.becomes('Offline')
    await ada.prose.press('x')
    await ada.becomes('Offline, 1 change kept here')
    await ada.prose.press('y')
    await ada.becomes('Offline, 2 changes kept here')
    await keepPicture(tab, `offline-${protocol}`)
    await ada.offline.click()
    await ada.becomes('All changes saved')
    const late = (await stage.visit(`offline ${protocol}`)).first
    await late.shows('prose', 'On. xy')
  })
}

test.each([...protocols])('DEMO-23: what does not fit is called refused (%s)', async (protocol) => {
  const small = await openStage(['--document-bytes-max', '1KiB'])
  const tab = await small.visit('full')
  await tab.first.protocol.selectOption(protocol)
  await tab.first.type('prose', 'Fits. ')
  await tab.first.becomes('All changes saved')
  await tab.page.keyboard.insertText('too much '.repeat(400))
  await tab.first.becomes('Refused by the server')
  expect(await tab.first.detail.textContent()).toMatch(/(?:full|size limit).*kept here/)
  expect(await tab.first.text('prose')).toContain('too much')
  await small.close()
})

test('DEMO-17: both stock clients edit one document side by side', async () => {
  const tab = await stage.visit('both')
  await tab.page.getByTestId('split').click()
  expect(await tab.first.protocol.inputValue()).toBe('y-websocket')
  expect(await tab.second.protocol.inputValue()).toBe('hocuspocus')
  await tab.second.becomes('All changes saved')
  await tab.first.listsOthers([await tab.second.name.inputValue()])
  await tab.second.listsOthers([await tab.first.name.inputValue()])
  await tab.first.type('prose', 'From y-websocket. ')
  await tab.second.shows('prose', 'From y-websocket.')
  await tab.second.type('prose', 'From Hocuspocus. ')
  await tab.first.shows('prose', 'From Hocuspocus.')
  await tab.second.type('code', 'let both = true')
  await tab.first.shows('code', 'let both = true')
  await agree(tab.first, tab.second)
  await keepPicture(tab, 'both-clients')
  expect(tab.complaints).toEqual([])
})

test('DEMO-17: a view keeps its document through a change of client, also offline', async () => {
  const tab = await stage.visit('swap')
  const ada = tab.first
  await ada.type('prose', 'One. ')
  await ada.becomes('All changes saved')
  await stage.kill()
  await ada.becomes('Server away, trying again')
  await ada.type('prose', 'Two. ')
  await ada.protocol.selectOption('hocuspocus')
  await ada.shows('prose', 'One. Two.')
  await ada.type('prose', 'Three. ')
  await stage.restart()
  await ada.becomes('All changes saved')
  await ada.protocol.selectOption('y-websocket')
  await ada.becomes('All changes saved')
  const late = (await stage.visit('swap')).first
  await late.shows('prose', 'One. Two. Three.')
})

test('DEMO-17: a reload keeps the choice of client', async () => {
  const tab = await stage.visit('reload')
  await tab.first.protocol.selectOption('hocuspocus')
  await tab.first.becomes('All changes saved')
  await tab.page.reload()
  await tab.first.becomes('All changes saved')
  expect(await tab.first.protocol.inputValue()).toBe('hocuspocus')
})
