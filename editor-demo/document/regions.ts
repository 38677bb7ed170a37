import type { YtopicEditor } from '../../editor/element.ts'
import { find } from '../elements.ts'

/** A part of the page that F6 goes to. */
interface Region {
  /** Undefined while it is not seen. */
  readonly place: () => HTMLElement | undefined
  readonly enter: () => void
}

const stops = ':is(a[href], button, input, textarea, summary, [tabindex="0"]):not(:disabled)'

/** Has F6 go from the bar to the document, to the panel and on, and Shift+F6 back. */
export function connectRegions(editor: YtopicEditor): void {
  const bar = find(document, HTMLElement, '.top')
  const aside = find(document, HTMLElement, 'aside')
  const panel = (): HTMLElement | undefined => {
    if (!aside.hidden) return aside
    return editor.shadowRoot?.querySelector<HTMLElement>('[part=panel]:not([hidden])') ?? undefined
  }
  const regions: readonly Region[] = [
    { place: () => bar, enter: () => focusIn(bar) },
    {
      place: () => find(document, HTMLElement, '.page'),
      enter: () => {
        // Where the document is seen as it was, there is no caret to go to.
        if (editor.hidden) find(document, HTMLElement, '.past .text').focus()
        else editor.focus()
      },
    },
    { place: panel, enter: () => focusIn(panel()) },
  ]
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'F6' || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    const seen = regions.filter(({ place }) => place() !== undefined)
    const active = editor.shadowRoot?.activeElement ?? document.activeElement
    // The panel of the editor stands within the page's place for the document.
    const at = seen.findLastIndex(({ place }) => holds(place(), active))
    const step = event.shiftKey ? seen.length - 1 : 1
    seen[(Math.max(at, 0) + step) % seen.length]?.enter()
  })
}

/** Whether it is in there, also where that is around a shadow root. */
function holds(place: HTMLElement | undefined, element: Element | null): boolean {
  if (place === undefined || element === null) return false
  if (place.contains(element)) return true
  const root = element.getRootNode()
  return root instanceof ShadowRoot && place.contains(root.host)
}

function focusIn(place: HTMLElement | undefined): void {
  const seen = [...(place?.querySelectorAll<HTMLElement>(stops) ?? [])]
  seen.find((element) => element.checkVisibility())?.focus()
}
