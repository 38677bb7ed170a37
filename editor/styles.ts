import frameRules from './frame/frame.css' with { type: 'text' }
import textRules from './text.css' with { type: 'text' }

// Sheets are adopted, not written into the page: its policy may forbid that.
let frameSheet: CSSStyleSheet | undefined
let textSheet: CSSStyleSheet | undefined

/** Dresses an element's shadow root. */
export function dressFrame(root: ShadowRoot): void {
  frameSheet ??= sheetOf(frameRules)
  root.adoptedStyleSheets.push(frameSheet)
}

/** Dresses the texts in a page or a shadow root, once. */
export function dressText(root: Node): void {
  if (!(root instanceof Document || root instanceof ShadowRoot)) return
  textSheet ??= sheetOf(textRules)
  if (!root.adoptedStyleSheets.includes(textSheet)) root.adoptedStyleSheets.push(textSheet)
}

function sheetOf(rules: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(rules)
  return sheet
}
