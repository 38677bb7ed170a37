import * as axe from 'axe-core'
import type { Page } from 'playwright-core'

/** What axe finds that keeps people out, and where. */
export async function faults(page: Page): Promise<readonly string[]> {
  return (await violations(page, 'html'))
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

/** All that axe finds, in elements that a selector names. */
export async function violations(page: Page, within: string): Promise<readonly axe.Result[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async (selector) => {
    const { run } = Reflect.get(globalThis, 'axe') as typeof axe
    // Nobody reads what is half faded: changes are looked at when done, name tags before they fade.
    const all = document.getAnimations()
    for (const animation of all) {
      if (animation instanceof CSSTransition) animation.finish()
      else {
        animation.currentTime = 0
        animation.pause()
      }
    }
    const { violations: found } = await run(selector)
    for (const animation of all) {
      if (!(animation instanceof CSSTransition)) animation.play()
    }
    return found
  }, within)
}
