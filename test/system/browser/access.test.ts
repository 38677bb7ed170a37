import { afterAll, beforeEach, expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { Endpoint } from '../../source/auth/endpoint.ts'
import { rememberShown, shownOn } from './history.ts'
import { keepPicture, openStage } from './stage.ts'
import { Tab } from './tab.ts'

const protocols = ['y-websocket', 'hocuspocus'] as const

/** Decides about every token; what it says holds for a second. */
const endpoint = new Endpoint()
let access: Map<string, 'read' | 'write' | 'none'>
const people: ReadonlyMap<string, object> = new Map([
  ['ada', { id: 'a', name: 'Ada Lovelace', color: '#1c5f8a' }],
  ['bob', { id: 'b', name: 'Bob' }],
  ['eve', { id: 'e' }],
  ['sun', { id: 's', name: 'Sun', color: '#ffee33' }],
])
endpoint.answer = ({ token }) => {
  const known = access.get(String(token)) ?? 'none'
  if (known === 'none') return Response.json({ access: 'none', reason: 'Who are you?' })
  return Response.json({ access: known, seconds: 1, ...people.get(String(token)) })
}
const stage = await share(openStage(['--auth-webhook-url', endpoint.url]), patienceMs)
beforeEach(() => {
  access = new Map([
    ['ada', 'write'],
    ['eve', 'write'],
    ['sun', 'write'],
    ['bob', 'write'],
    ['reader', 'read'],
  ])
})
afterAll(() => endpoint.stop())

/** Opens the document with that token, and goes on over that protocol. */
async function visit(document: string, token: string, protocol: string): Promise<Tab> {
  const person = await stage.person()
  await rememberShown(person)
  await person.addInitScript((chosen) => {
    if (sessionStorage.getItem('protocol-first') === null) {
      sessionStorage.setItem('protocol-first', chosen)
    }
  }, protocol)
  const tab = new Tab(await person.newPage())
  const hash = token === '' ? '' : `#token=${token}`
  await tab.page.goto(`${stage.server.http}/lab?document=${document}${hash}`)
  return tab
}

for (const protocol of protocols) {
  test(`DEMO-21: a reader's editors are locked from the first moment (${protocol})`, async () => {
    const writer = await visit(`read-${protocol}`, 'bob', protocol)
    await writer.first.becomes('All changes saved')
    await writer.first.type('prose', 'To be read.')
    await writer.first.type('code', 'const read = true')
    const tab = await visit(`read-${protocol}`, 'reader', protocol)
    const reader = tab.first
    await reader.becomes('View only')
    await reader.shows('prose', 'To be read.')
    await reader.shows('code', 'const read = true')
    await keepPicture(tab, `view-only-${protocol}`)
    for (const place of ['prose', 'code'] as const) {
      await reader[place].focus()
      await reader[place].press('x')
      await reader[place].press('Control+z')
    }
    expect(await reader.text('prose')).toBe('To be read.')
    expect(await reader.text('code')).toBe('const read = true')
    expect(await reader.toolbar.isVisible()).toBe(false)
    expect(await reader.prose.getAttribute('aria-readonly')).toBe('true')
    const shown = await shownOn(tab.page)
    expect(shown.writable).toBe(false)
    expect(shown.statuses).toEqual(['Connecting', 'View only'])
    expect(tab.complaints).toEqual([])
  })

  test(`DEMO-22: who has no token is told what one is and its place (${protocol})`, async () => {
    const tab = await visit(`closed-${protocol}`, '', protocol)
    const notice = tab.page.getByTestId('token-notice')
    await notice.waitFor()
    await tab.first.becomes('Refused by the server')
    await keepPicture(tab, `denied-${protocol}`)
    expect(await notice.textContent()).toContain(`?document=closed-${protocol}#token=…`)
    expect(await tab.first.offline.getAttribute('aria-checked')).toBe('false')
    expect(await tab.first.prose.isVisible()).toBe(false)
    expect((await shownOn(tab.page)).writable).toBe(false)
    await notice.getByLabel('Your token').fill('bob')
    await notice.getByRole('button', { name: 'Open with it' }).click()
    await tab.first.becomes('All changes saved')
    expect(await notice.isVisible()).toBe(false)
    await tab.first.type('prose', 'Let in.')
    expect(tab.page.url()).not.toContain('bob')
  })

  test(`DEMO-22: what was written stays in sight when access ends (${protocol})`, async () => {
    const tab = await visit(`ended-${protocol}`, 'bob', protocol)
    await tab.first.becomes('All changes saved')
    await tab.first.type('prose', 'Still here.')
    await tab.first.becomes('All changes saved')
    access.set('bob', 'none')
    await tab.page.getByTestId('token-notice').waitFor()
    expect(await tab.first.prose.isVisible()).toBe(true)
    expect(await tab.first.text('prose')).toBe('Still here.')
    await until('locked', async () => {
      return (await tab.first.prose.getAttribute('contenteditable')) === 'false'
    })
    expect(await tab.first.status.textContent()).toBe('Refused by the server')
  })

  test(`DEMO-23: refused text is kept and never called saved (${protocol})`, async () => {
    const name = `refused-${protocol}`
    const watcher = await visit(name, 'bob', protocol)
    await watcher.first.becomes('All changes saved')
    const tab = await visit(name, 'bob', protocol)
    const bob = tab.first
    await bob.becomes('All changes saved')
    await bob.offline.click()
    await bob.becomes('Offline')
    await bob.type('prose', 'Too late.')
    access.set('bob', 'read')
    await watcher.first.becomes('View only')
    await bob.offline.click()
    await bob.becomes('Refused by the server')
    expect(await bob.detail.textContent()).toContain('kept here')
    expect(await bob.text('prose')).toBe('Too late.')
    expect(await bob.prose.getAttribute('contenteditable')).toBe('false')
    expect(await bob.offline.getAttribute('aria-checked')).toBe('false')
    await keepPicture(tab, `refused-${protocol}`)
    const { statuses } = await shownOn(tab.page)
    expect(statuses.slice(statuses.lastIndexOf('All changes saved') + 1)).toContain(
      'Refused by the server',
    )
    // Neither a pause nor the other client forgets it.
    await bob.offline.click()
    await until('offline', async () => /^Offline, \d/.test((await bob.status.textContent()) ?? ''))
    await bob.offline.click()
    await bob.becomes('Refused by the server')
    const other = protocol === 'hocuspocus' ? 'y-websocket' : 'hocuspocus'
    await bob.protocol.selectOption(other)
    await bob.becomes('Refused by the server')
    const since = (await shownOn(tab.page)).statuses.slice(statuses.length)
    expect(since).not.toContain('All changes saved')
    expect(since).not.toContain('View only')
    access.set('bob', 'write')
    await bob.becomes('All changes saved')
    await watcher.first.shows('prose', 'Too late.')
  })

  test(`DEMO-24: the switch is on while the socket is closed by choice (${protocol})`, async () => {
    for (const token of ['bob', 'reader', 'stranger']) {
      const tab = await visit(`switch-${protocol}`, token, protocol)
      const open = tab.openSockets
      await until('decided', async () => (await tab.first.status.textContent()) !== 'Connecting')
      expect(await tab.first.offline.getAttribute('aria-checked'), token).toBe('false')
      await tab.first.offline.click()
      expect(await tab.first.offline.getAttribute('aria-checked'), token).toBe('true')
      await until('no socket is left', () => open.size === 0)
      await tab.first.offline.click()
      expect(await tab.first.offline.getAttribute('aria-checked'), token).toBe('false')
      await until('a socket is back', () => open.size > 0)
      await stage.clear()
    }
  })

  test(`DEMO-25: one's own chip shows the name that the server says (${protocol})`, async () => {
    const tab = await visit(`chip-${protocol}`, 'ada', protocol)
    const bob = await visit(`chip-${protocol}`, 'bob', 'y-websocket')
    await bob.first.listsOthers(['Ada Lovelace'])
    await until('the name', async () => (await tab.first.name.inputValue()) === 'Ada Lovelace')
    expect(await tab.first.name.isEditable()).toBe(false)
    await tab.first.listsOthers(['Bob'])
    // Of somebody without a name the others see no other name, whatever they call themselves.
    const eve = await visit(`chip-${protocol}`, 'eve', protocol)
    await eve.first.becomes('All changes saved')
    await bob.first.listsOthers(['Ada Lovelace', await eve.first.name.inputValue()])
    expect(await eve.first.name.isEditable()).toBe(false)
    await keepPicture(tab, `chip-${protocol}`)
  })

  test(`DEMO-26: "Saving…" is not said of what nobody has touched (${protocol})`, async () => {
    const name = `untouched-${protocol}`
    const first = await visit(name, 'bob', protocol)
    await first.first.becomes('All changes saved')
    expect((await shownOn(first.page)).statuses).toEqual(['Connecting', 'All changes saved'])
    await first.first.type('prose', 'Something.')
    const later = await visit(name, 'bob', protocol)
    await later.first.shows('prose', 'Something.')
    await later.first.becomes('All changes saved')
    await later.first.offline.click()
    await later.first.becomes('Offline')
    await later.first.offline.click()
    await later.first.becomes('All changes saved')
    expect((await shownOn(later.page)).statuses).not.toContain('Saving…')
  })
}

test('DEMO-28: a name can be read on whatever color the server gives', async () => {
  const tab = await visit('colors', 'bob', 'y-websocket')
  await tab.first.becomes('All changes saved')
  const sun = await visit('colors', 'sun', 'y-websocket')
  await sun.first.becomes('All changes saved')
  for (const [place, label] of [
    ['prose', '.collaboration-carets__label'],
    ['code', '.cm-ySelectionInfo'],
  ] as const) {
    await sun.first.type(place, 'Bright.')
    const tag = tab.first[place].locator(label, { hasText: 'Sun' })
    await until('dark on bright', async () => {
      const colors = await tag.evaluate((element) => {
        const { backgroundColor, color } = getComputedStyle(element)
        return [backgroundColor, color]
      })
      return colors.join() === ['rgb(255, 238, 51)', 'rgb(0, 0, 0)'].join()
    })
  }
})
