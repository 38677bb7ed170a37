import type { BrowserContext, Page } from 'playwright-core'

/** What a page has shown since it was opened, moment by moment. */
export interface Shown {
  /** The words of the first view's status, without repetition. */
  readonly statuses: readonly string[]
  /** Whether there was ever a place to write in. */
  readonly writable: boolean
}

/** Has every page of the person remember what it shows, from its first moment. */
export async function rememberShown(person: BrowserContext): Promise<void> {
  await person.addInitScript(() => {
    const shown = { statuses: [] as string[], writable: false }
    Object.assign(globalThis, { shown })
    const look = (): void => {
      const status = document.querySelector('[data-testid=status]')?.textContent ?? ''
      if (status !== '' && status !== shown.statuses.at(-1)) shown.statuses.push(status)
      if (document.querySelector('[contenteditable=true]') !== null) shown.writable = true
    }
    const all = { subtree: true, childList: true, characterData: true, attributes: true }
    new MutationObserver(look).observe(document, all)
  })
}

/** What the page has shown since it was opened. */
export function shownOn(page: Page): Promise<Shown> {
  return page.evaluate(() => Reflect.get(globalThis, 'shown') as Shown)
}
