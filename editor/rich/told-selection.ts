import { Extension } from '@tiptap/core'
import { Plugin, type Transaction } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import type { Doc } from 'yjs'
import { tellSelection } from '../link/tell-selection.ts'

/** Goes by where the caret is, whatever the browser has not told yet. */
export function toldSelection(doc: Doc): Extension {
  let shown: EditorView | undefined
  let isWriting = false
  const beforeOthers = (): void => {
    if (shown !== undefined && !isWriting) tellSelection(shown.dom)
  }
  return Extension.create({
    name: 'toldSelection',
    // Before what makes something else of a transaction.
    priority: 10_000,
    onBeforeCreate() {
      // The binding listens as soon as there is a view: it notes the selection after this.
      doc.on('beforeAllTransactions', beforeOthers)
    },
    onDestroy() {
      doc.off('beforeAllTransactions', beforeOthers)
    },
    addProseMirrorPlugins: () => [
      new Plugin({
        view(view) {
          shown = view
          return {}
        },
        props: {
          handleDOMEvents: {
            keydown({ dom }, { isComposing }) {
              if (!isComposing) tellSelection(dom)
            },
          },
        },
      }),
    ],
    dispatchTransaction({ next, transaction }) {
      const { view } = this.editor
      if (isOnlyShown(transaction)) {
        tellSelection(view.dom)
        const { selection } = view.state
        if (!selection.eq(transaction.selection)) transaction.setSelection(selection)
      }
      isWriting = true
      next(transaction)
      isWriting = false
    },
  })
}

/** Whether a transaction neither writes nor selects, as those that mark what others do. */
function isOnlyShown(transaction: Transaction): boolean {
  const isFocus = ['focus', 'blur'].some((name) => transaction.getMeta(name) !== undefined)
  return !transaction.docChanged && !transaction.selectionSet && !isFocus
}
