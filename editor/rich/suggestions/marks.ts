import { Mark } from '@tiptap/core'

/** The marks of suggestions, by the names that the package gives them. */
export const markNames = ['insertion', 'deletion', 'modification'] as const

/** Whether a mark of the editor is one of them. */
export function isSuggestion({ type }: { readonly type: { readonly name: string } }): boolean {
  return markNames.some((name) => name === type.name)
}

function suggestionMark(name: (typeof markNames)[number], tag: string, own: object): Mark {
  return Mark.create({
    name,
    inclusive: false,
    excludes: markNames.filter((one) => name !== 'modification' || one !== name).join(' '),
    addAttributes: () => ({
      id: {
        default: '',
        parseHTML: (element: HTMLElement) => element.dataset['id'] ?? '',
        renderHTML: ({ id }: { readonly id?: unknown }) => {
          const said = String(id)
          const by = authorIn(said)
          return { 'data-id': said, 'data-by': by, title: `${by} suggests this` }
        },
      },
      ...own,
    }),
    // Before the marks that have the tag without an id. What HTML says of a change is too little.
    parseHTML: () => (tag === 'span' ? [] : [{ tag: `${tag}[data-id]`, priority: 60 }]),
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
  })
}

/** The id of a suggestion holds who makes it, behind what makes it unique. */
export function authorIn(id: string): string {
  return id.slice(id.indexOf(' ') + 1)
}

const unseen = { default: null, rendered: false }
const modified = { type: unseen, attrName: unseen, previousValue: unseen, newValue: unseen }

/** The marks themselves, for an editor. */
export const suggestionMarks: readonly Mark[] = [
  suggestionMark('insertion', 'ins', {}),
  suggestionMark('deletion', 'del', {}),
  suggestionMark('modification', 'span', modified),
]
