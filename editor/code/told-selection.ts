import type { Extension } from '@codemirror/state'
import { EditorView, ViewPlugin } from '@codemirror/view'
import type { Doc, Transaction } from 'yjs'
import { tellSelection } from '../link/tell-selection.ts'

/** Goes by where the caret is, whatever the browser has not told yet. */
export function toldSelection(doc: Doc): Extension {
  return [
    EditorView.domEventObservers({
      keydown({ isComposing }, { dom }) {
        if (!isComposing) tellSelection(dom)
      },
    }),
    ViewPlugin.define(({ dom }) => {
      const beforeOthers = ({ local }: Transaction): void => {
        if (!local) tellSelection(dom)
      }
      doc.on('beforeTransaction', beforeOthers)
      return { destroy: () => doc.off('beforeTransaction', beforeOthers) }
    }),
  ]
}
