import { adopt, sheetOf } from './styles.ts'
import rules from './text.css' with { type: 'text' }

let sheet: CSSStyleSheet | undefined

/** Dresses the texts in the page or the shadow root in which a place stands. */
export function dressText(place: Node): void {
  sheet ??= sheetOf(rules)
  adopt(place.getRootNode(), sheet)
}
