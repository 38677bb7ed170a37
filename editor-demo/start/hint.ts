import { find } from '../elements.ts'

const place = 'hint-dismissed'

/** Says in one line what this is about, until somebody has read it; the browser remembers. */
export function showHint(): void {
  const hint = find(document, HTMLElement, '.hint')
  hint.hidden = wasDismissed()
  find(hint, HTMLButtonElement, 'button').addEventListener('click', () => {
    hint.hidden = true
    try {
      localStorage.setItem(place, 'true')
    } catch {
      // Storage may be forbidden; then it is said again next time.
    }
  })
}

function wasDismissed(): boolean {
  try {
    return localStorage.getItem(place) !== null
  } catch {
    return false
  }
}
