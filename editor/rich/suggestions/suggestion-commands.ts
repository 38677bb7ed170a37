import type { Editor } from '@tiptap/core'
import type { Command } from '../commands.ts'
import { isInSuggestion, suggestionsIn, toggleSuggesting } from './suggestions.ts'

const hasSome = (editor: Editor): boolean => {
  const known = suggestionsIn(editor)
  return known?.hasSome === true && known.suggesting !== undefined
}

/** The buttons of suggestions; those that decide are there when there is something to decide. */
export const suggestionCommands: readonly Command[] = [
  {
    name: 'suggest',
    label: 'Suggesting (experimental)',
    icon: 'm4 13 8-8 3 3-8 8H4zM12 17h5',
    run: (chain) =>
      chain.command(({ editor }) => {
        toggleSuggesting(editor)
        return true
      }),
    isActive: (editor) => suggestionsIn(editor)?.isOn === true,
  },
  {
    name: 'accept',
    label: 'Accept the suggestion',
    icon: 'm4 11 4 4 8-9',
    run: (chain) =>
      chain.command(({ dispatch, editor, state }) =>
        Boolean(suggestionsIn(editor)?.suggesting?.accept(state, dispatch)),
      ),
    isOffered: hasSome,
    isPossible: isInSuggestion,
  },
  {
    name: 'reject',
    label: 'Reject the suggestion',
    icon: 'm5 5 10 10M15 5 5 15',
    run: (chain) =>
      chain.command(({ dispatch, editor, state }) =>
        Boolean(suggestionsIn(editor)?.suggesting?.reject(state, dispatch)),
      ),
    isOffered: hasSome,
    isPossible: isInSuggestion,
  },
  {
    name: 'acceptAll',
    label: 'Accept all suggestions',
    icon: 'm2 11 3 3 6-7M9 13l1 1 7-8',
    run: (chain) =>
      chain.command(({ dispatch, editor, state }) =>
        Boolean(suggestionsIn(editor)?.suggesting?.acceptAll(state, dispatch)),
      ),
    isOffered: hasSome,
  },
  {
    name: 'rejectAll',
    label: 'Reject all suggestions',
    icon: 'm2 6 7 7M9 6l-7 7M12 6l6 7M18 6l-6 7',
    run: (chain) =>
      chain.command(({ dispatch, editor, state }) =>
        Boolean(suggestionsIn(editor)?.suggesting?.rejectAll(state, dispatch)),
      ),
    isOffered: hasSome,
  },
]
