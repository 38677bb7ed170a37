import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { faults } from './faults.ts'
import { fill } from '../pictures/studio.ts'
import { smallTargets } from '../pictures/targets.ts'
import { keepPicture, openStage } from './stage.ts'
import type { Pane } from './tab.ts'

const stage = await share(openStage(), patienceMs)

const sizes = [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
] as const

for (const viewport of sizes) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const name = `${viewport.width}-${colorScheme}`
    test(`DEMO-28: axe finds nothing serious (${name})`, async () => {
      const tab = await stage.visit(`axe ${name}`, { viewport, colorScheme })
      const guest = await stage.visit(`axe ${name}`)
      await guest.first.rename('Ada')
      await tab.first.type('prose', '## A heading')
      await tab.first.type('code', '// A comment')
      await guest.first.type('prose', ' and more')
      await tab.first.prose.locator('.collaboration-carets__label').waitFor()
      await tab.page.evaluate(() => scrollTo(0, 0))
      expect(await faults(tab.page)).toEqual([])
      await keepPicture(tab, `axe-${name}`)
      await tab.page.getByTestId('split').click()
      await tab.second.becomes('All changes saved')
      expect(await faults(tab.page)).toEqual([])
    })
  }
}

for (const options of [
  { viewport: sizes[0] },
  { viewport: sizes[1], hasTouch: true, isMobile: true },
]) {
  test(`DEMO-29: what is pressed has 44 pixels at ${options.viewport.width}`, async () => {
    const tab = await stage.visit('targets', options)
    await tab.first.type('prose', 'Pressed.')
    expect(await smallTargets(tab.page)).toEqual([])
  })
}

test('DEMO-29: a task is ticked by a finger beside its box, and no other one', async () => {
  const tasks = '- [ ] One\n- [x] Two\n  - [ ] Three\n- [ ] Four: so much that it takes two lines'
  await fill(stage.server, 'tasks', tasks)
  const tab = await stage.visit('tasks', { viewport: sizes[0], hasTouch: true, isMobile: true })
  await tab.first.prose.getByRole('checkbox', { name: 'Two', exact: true }).waitFor()
  expect(await smallTargets(tab.page)).toEqual([])
  const boxes = tab.first.prose.getByRole('checkbox')
  for (const box of await boxes.all()) {
    // All of what is pressed, which is more than the box.
    await box.evaluate((input) => input.scrollIntoView({ block: 'center' }))
    const label = await box.locator('..').boundingBox()
    if (label === null) throw new Error('It is not to be seen.')
    const isChecked = await box.isChecked()
    const others = await boxes.evaluateAll(
      (all) => all.filter((one) => one.matches(':checked')).length,
    )
    await tab.page.touchscreen.tap(label.x + 2, label.y + label.height - 2)
    await keepPicture(tab, 'tasks-360')
    await until('it is the other', async () => (await box.isChecked()) !== isChecked)
    const now = await boxes.evaluateAll(
      (all) => all.filter((one) => one.matches(':checked')).length,
    )
    expect(now).toBe(others + (isChecked ? -1 : 1))
  }
  await keepPicture(tab, 'tasks-360')
})

test('DEMO-30: in forced colors states and people still differ', async () => {
  const tab = await stage.visit('forced', { viewport: sizes[1], forcedColors: 'active' })
  const guest = await stage.visit('forced')
  await guest.first.type('prose', 'Here.')
  const colorOf = (selector: string): Promise<string> =>
    tab.page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor)
  const dot = tab.first.people.locator('.dot')
  await dot.waitFor()
  const said = await dot.evaluate((element) => (element as HTMLElement).style.backgroundColor)
  expect(await colorOf('.people .dot')).toBe(said)
  const bold = '[data-command=bold]'
  const [offTrack, offBold] = [await colorOf('.track'), await colorOf(bold)]
  await tab.first.prose.click()
  await tab.page.locator(bold).click()
  await until('bold is on', async () => (await colorOf(bold)) !== offBold)
  await tab.first.offline.click()
  await until('the switch is on', async () => (await colorOf('.track')) !== offTrack)
  await keepPicture(tab, 'forced-colors')
})

test('DEMO-31: nothing moves for those who want no motion', async () => {
  const tab = await stage.visit('still', { reducedMotion: 'reduce' })
  const guest = await stage.visit('still')
  await guest.first.type('prose', 'Still.')
  await tab.first.prose.locator('.collaboration-carets__label').waitFor()
  const moving = await tab.page.evaluate(() => {
    const long = (times: string): boolean =>
      times.split(',').some((time) => Number.parseFloat(time) > 0.01)
    return [...document.querySelectorAll('*')].filter((element) => {
      const { animationDuration, transitionDuration } = getComputedStyle(element)
      return long(animationDuration) || long(transitionDuration)
    }).length
  })
  expect(moving).toBe(0)
})

test('DEMO-32: screen readers hear carets in the list, not in the text', async () => {
  const tab = await stage.visit('where')
  const ada = (await stage.visit('where')).first
  await ada.rename('Ada')
  await ada.type('prose', 'One.\nTwo.')
  await tab.first.prose.locator('[aria-hidden=true] >> text=Ada').waitFor()
  expect(await tab.first.prose.ariaSnapshot()).not.toContain('Ada')
  const said = async (words: string): Promise<void> =>
    until(words, async () => (await tab.first.people.textContent())?.includes(words) === true)
  await said('Ada, in the text, block 2')
  await ada.type('code', 'one()\ntwo()\nthree()')
  await said('Ada, in the code, line 3')
  await tab.first.code.locator('[aria-hidden=true] >> text=Ada').waitFor()
  expect(await tab.first.code.ariaSnapshot()).not.toContain('Ada')
})

test('DEMO-32: a caret that rests is said where it is after others wrote above it', async () => {
  const tab = await stage.visit('above')
  const ada = (await stage.visit('above')).first
  await ada.rename('Ada')
  await ada.type('code', 'one()')
  const said = async (words: string): Promise<void> =>
    until(words, async () => (await tab.first.people.textContent())?.endsWith(words) === true)
  await said('Ada, in the code, line 1')
  await tab.first.code.press('Control+Home')
  await tab.page.keyboard.type('// Above.\n')
  await said('Ada, in the code, line 2')
})

for (const place of ['prose', 'code'] as const) {
  test(`DEMO-33: name tags cover neither each other nor leave the editor (${place})`, async () => {
    const tab = await stage.visit(`tags ${place}`, { viewport: sizes[0] })
    await tab.first.type(place, 'A line of words that is long enough for the phone')
    const guests: Pane[] = []
    for (const name of ['Ada Lovelace', 'Grace Hopper', 'Hedy Lamarr']) {
      const guest = (await stage.visit(`tags ${place}`)).first
      await guest.rename(name)
      await guest.shows(place, 'phone')
      await guest[place].click()
      await guest[place].press('Control+End')
      for (const back of guests.map(() => 'ArrowLeft')) await guest[place].press(back)
      guests.push(guest)
    }
    const label = place === 'prose' ? '.collaboration-carets__label' : '.cm-ySelectionInfo'
    const bad = (): Promise<number> =>
      tab.page.evaluate((selector) => {
        const rects = [...document.querySelectorAll(selector)].map((tag) => {
          return tag.getBoundingClientRect()
        })
        const covered = rects.filter((one, index) =>
          rects.slice(index + 1).some((other) => {
            const beside = one.right <= other.left + 1 || other.right <= one.left + 1
            return !beside && one.bottom > other.top + 1 && other.bottom > one.top + 1
          }),
        )
        const outside = rects.filter(({ right }) => right > innerWidth)
        return rects.length < 3 ? Infinity : covered.length + outside.length
      }, label)
    await until('all tags stand free', async () => (await bad()) === 0)
    await keepPicture(tab, `tags-${place}`)
  })
}
