import { type EditorState, Plugin } from '@tiptap/pm/state'
import { DecorationSet } from '@tiptap/pm/view'
import { isOfSuggestion } from './finding.ts'

/**
 * A plugin that draws what stands in the whole document, made to look through it only when a
 * suggestion changes: it would at each key, and at each step of the caret.
 */
export function drawnOnChange(plugin: Plugin): Plugin {
  const { decorations, ...props } = plugin.props
  const draw = (state: EditorState): DecorationSet => {
    const drawn = decorations?.call(plugin, state)
    return drawn instanceof DecorationSet ? drawn : DecorationSet.empty
  }
  const drawing: Plugin<DecorationSet> = new Plugin({
    state: {
      init: (_config, state) => draw(state),
      apply(change, drawn: DecorationSet, _before, state) {
        if (!change.docChanged) return drawn
        return isOfSuggestion(change) ? draw(state) : drawn.map(change.mapping, change.doc)
      },
    },
    props: { ...props, decorations: (state) => drawing.getState(state) },
  })
  return drawing
}
