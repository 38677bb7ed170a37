import type { Editor } from '@tiptap/core'
import type { Command } from '../commands.ts'
import { isInSuggestion, suggestionsIn, toggleSuggesting } from './suggestions.ts'

const hasSome = (editor: Editor): boolean => {
  const known = suggestionsIn(editor)
  return known?.at !== undefined && known.suggesting !== undefined
}

type Decision = 'accept' | 'reject' | 'acceptTheirs' | 'rejectTheirs' | 'acceptAll' | 'rejectAll'

/** A button that decides; it is there when there is something to decide. */
function deciding(name: Decision, label: string, icon: string): Command {
  return {
    name,
    label,
    icon,
    run: (chain) =>
      chain.command(({ dispatch, editor, state }) =>
        Boolean(suggestionsIn(editor)?.suggesting?.[name](state, dispatch)),
      ),
    isOffered: hasSome,
  }
}

/** The buttons of suggestions. */
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
    ...deciding('accept', 'Accept the suggestion', 'm4 11 4 4 8-9'),
    isPossible: isInSuggestion,
  },
  {
    ...deciding('reject', 'Reject the suggestion', 'm5 5 10 10M15 5 5 15'),
    isPossible: isInSuggestion,
  },
  {
    ...deciding(
      'acceptTheirs',
      'Accept all by this person',
      'm8 11 3 3 6-7M4 6h.01M2 14c0-5 4-5 4 0',
    ),
    isPossible: isInSuggestion,
  },
  {
    ...deciding(
      'rejectTheirs',
      'Reject all by this person',
      'm10 6 7 7M17 6l-7 7M4 6h.01M2 14c0-5 4-5 4 0',
    ),
    isPossible: isInSuggestion,
  },
  deciding('acceptAll', 'Accept all suggestions', 'm2 11 3 3 6-7M9 13l1 1 7-8'),
  deciding('rejectAll', 'Reject all suggestions', 'm2 6 7 7M9 6l-7 7M12 6l6 7M18 6l-6 7'),
]
