import { inkOn } from '../link/person.ts'

const carets = '.collaboration-carets__caret, .cm-ySelectionCaret'
const tags = '.collaboration-carets__label, .cm-ySelectionInfo'

/** So many name tags are shown at most; in a larger crowd they would cover the text. */
const tagsMax = 30

/**
 * Keeps the carets of others in an editor out of what screen readers read as its text, and their
 * name tags from covering each other or leaving the place. Gives the function that ends it.
 */
export function tendCarets(place: HTMLElement): () => void {
  let frame = 0
  const tend = (): void => {
    for (const caret of place.querySelectorAll(carets)) caret.ariaHidden = 'true'
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(() => partTags(place))
  }
  const changes = new MutationObserver(tend)
  changes.observe(place, { subtree: true, childList: true, characterData: true })
  const sizes = new ResizeObserver(tend)
  sizes.observe(place)
  return () => {
    changes.disconnect()
    sizes.disconnect()
    cancelAnimationFrame(frame)
  }
}

/** Moves tags up row by row, or below their line where the place ends, until none is in the way. */
function partTags(place: HTMLElement): void {
  const all = [...place.querySelectorAll<HTMLElement>(tags)]
  for (const [index, tag] of all.entries()) {
    tag.hidden = index >= tagsMax
    tag.style.translate = ''
  }
  const bounds = place.getBoundingClientRect()
  const taken: DOMRect[] = []
  for (const tag of all.slice(0, tagsMax)) {
    tag.style.color = inkOn(getComputedStyle(tag).backgroundColor)
    const rect = tag.getBoundingClientRect()
    const x = Math.round(Math.min(0, bounds.right - rect.right))
    const caretHeight = tag.parentElement?.getBoundingClientRect().height ?? rect.height
    const rows = rowsFor(rect, bounds.top, caretHeight)
    const free = rows.find((y) => !taken.some((other) => overlap(moved(rect, x, y), other))) ?? 0
    taken.push(moved(rect, x, free))
    if (x !== 0 || free !== 0) tag.style.translate = `${x}px ${free}px`
  }
}

function rowsFor({ top, height }: DOMRect, limit: number, caretHeight: number): readonly number[] {
  const steps = Array.from({ length: tagsMax }, (_step, index) => index * height)
  const above = steps.filter((step) => top - step >= limit).map((step) => -step)
  return [...above, ...steps.map((step) => height + caretHeight + step)]
}

function moved({ x, y, width, height }: DOMRect, right: number, down: number): DOMRect {
  return new DOMRect(x + right, y + down, width, height)
}

function overlap(one: DOMRect, other: DOMRect): boolean {
  // Edges may touch.
  const apart = 0.5
  return (
    one.left < other.right - apart &&
    other.left < one.right - apart &&
    one.top < other.bottom - apart &&
    other.top < one.bottom - apart
  )
}
