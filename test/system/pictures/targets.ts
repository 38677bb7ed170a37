import type { Page } from 'playwright-core'

/** What is seen, can be pressed and is smaller than a finger, in the page and in its elements. */
export function smallTargets(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const pressed = 'button, a, select, input, textarea, summary, [role=switch]'
    const all = (root: ParentNode): readonly Element[] =>
      [...root.querySelectorAll('*')].flatMap((element) => [
        element,
        ...(element.shadowRoot === null ? [] : all(element.shadowRoot)),
      ])
    return all(document).flatMap((element) => {
      const isBox = element.matches('[type=checkbox]')
      // Words of a text are as large as the text.
      const isOurs = element.matches(pressed) && (isBox || element.closest('.ProseMirror') === null)
      if (!isOurs || !element.checkVisibility({ visibilityProperty: true })) return []
      // A label is pressed for its box.
      const target = isBox ? element.closest('label') : element
      const { height = 0, width = 0 } = target?.getBoundingClientRect() ?? {}
      const isSmall = width > 0 && (Math.round(width) < 44 || Math.round(height) < 44)
      return isSmall ? [`${element.outerHTML.slice(0, 80)} ${width}x${height}`] : []
    })
  })
}
