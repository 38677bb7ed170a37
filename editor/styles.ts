/** By their rules: all that are dressed alike share one. */
const sheets = new Map<string, CSSStyleSheet>()

/**
 * Dresses a page or a shadow root by rules, once. Sheets are adopted: the policy of a page may
 * forbid others.
 */
export function adopt(root: Node, rules: string): void {
  if (!(root instanceof Document || root instanceof ShadowRoot)) return
  let sheet = sheets.get(rules)
  if (sheet === undefined) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(rules)
    sheets.set(rules, sheet)
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
}
