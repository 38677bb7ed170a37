/** How far a key goes from a word. */
const ways = {
  ArrowRight: ['forward', 'word'],
  ArrowLeft: ['backward', 'word'],
  ArrowDown: ['forward', 'line'],
  ArrowUp: ['backward', 'line'],
} as const

/**
 * Lets those comment anywhere by keyboard whose text is locked: browsers have no caret in it. The
 * arrow keys go from word to word and from line to line, and with Shift select more.
 * @param isWanted whether somebody may comment
 * @returns the function that ends it
 */
export function selectByKeys(host: HTMLElement, isWanted: () => boolean): () => void {
  const onKey = (event: KeyboardEvent): void => {
    const { altKey, ctrlKey, key, metaKey, shiftKey, target } = event
    if (!(key in ways) || altKey || ctrlKey || metaKey || !(target instanceof HTMLElement)) return
    const isLocked = target.contentEditable === 'false' && target.closest('.ytopic-editable')
    const selection = getSelection()
    if (!isLocked || selection === null || !isWanted()) return
    event.preventDefault()
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- looked for above
    go(target, selection, ways[key as keyof typeof ways], shiftKey)
    selection.focusNode?.parentElement?.scrollIntoView({ block: 'nearest' })
  }
  host.addEventListener('keydown', onKey)
  return () => host.removeEventListener('keydown', onKey)
}

function go(
  text: HTMLElement,
  selection: Selection,
  [direction, unit]: (typeof ways)[keyof typeof ways],
  isMore: boolean,
): void {
  const isHere = text.contains(selection.focusNode)
  if (isHere && isMore) return selection.modify('extend', direction, unit)
  if (!isHere) selection.selectAllChildren(text)
  if (isHere && direction === 'forward') selection.collapseToEnd()
  else selection.collapseToStart()
  if (isHere) selection.modify('move', direction, unit)
  // Forward it is at the end of a word now; else at the beginning of one, or somewhere in a line.
  if (unit === 'line') selection.modify('move', 'backward', 'lineboundary')
  else if (isHere && direction === 'forward') selection.modify('move', 'backward', 'word')
  selection.modify('extend', 'forward', 'word')
}
