import toolbarRules from './frame/toolbar.css' with { type: 'text' }
import { adopt } from './styles.ts'
import textRules from './text.css' with { type: 'text' }

/**
 * Dresses an editor, which nobody needs before there is one.
 * @param place where the text stands: in the page, or in a shadow root of it
 */
export function dressEditor(place: Node, toolbar: Node): void {
  adopt(place.getRootNode(), textRules)
  adopt(toolbar.getRootNode(), toolbarRules)
}
