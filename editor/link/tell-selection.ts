/**
 * A browser tells with its next frame where the caret has moved to, and editors do not look
 * earlier. A key, or what others write or mark meanwhile, would go by the selection of before and
 * bring it back; so the browser's is told before each of them.
 */
export function tellSelection(place: HTMLElement): void {
  place.ownerDocument.dispatchEvent(new Event('selectionchange'))
}
