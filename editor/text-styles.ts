import toolbarRules from './frame/toolbar.css' with { type: 'text' }
import { adopt, sheetOf } from './styles.ts'
import textRules from './text.css' with { type: 'text' }

let textSheet: CSSStyleSheet | undefined
let toolbarSheet: CSSStyleSheet | undefined

/**
 * Dresses an editor, which nobody needs before there is one.
 * @param place where the text stands: in the page, or in a shadow root of it
 */
export function dressEditor(place: Node, toolbar: Node): void {
  textSheet ??= sheetOf(textRules)
  toolbarSheet ??= sheetOf(toolbarRules)
  adopt(place.getRootNode(), textSheet)
  adopt(toolbar.getRootNode(), toolbarSheet)
}
