import frameRules from './frame/frame.css' with { type: 'text' }

let frameSheet: CSSStyleSheet | undefined

/** Dresses an element's shadow root. */
export function dressFrame(root: ShadowRoot): void {
  frameSheet ??= sheetOf(frameRules)
  adopt(root, frameSheet)
}

/** Dresses a page or a shadow root, once. Sheets are adopted: its policy may forbid others. */
export function adopt(root: Node, sheet: CSSStyleSheet): void {
  if (!(root instanceof Document || root instanceof ShadowRoot)) return
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
}

/** Makes a sheet of rules. */
export function sheetOf(rules: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(rules)
  return sheet
}
