import { mergeRegister } from '@lexical/utils'
import { COMMAND_PRIORITY_CRITICAL, type LexicalEditor, REDO_COMMAND, UNDO_COMMAND } from 'lexical'
import * as Y from 'yjs'

/**
 * Undo that leaves other people's words alone; Lexical's own takes the paragraph that one has begun
 * with all that is in it by now.
 * @returns ends it
 */
export function undoOwnWords(editor: LexicalEditor, doc: Y.Doc): () => void {
  const history = new Y.UndoManager(doc.get('root', Y.XmlText), {
    // Lexical writes with its binding, a plain object, as origin; what comes from elsewhere has the
    // provider, of a class of its own.
    trackedOrigins: new Set([Object]),
    deleteFilter: mayGo,
  })
  const does = (act: () => unknown) => (): boolean => {
    act()
    return true
  }
  const undo = does(() => history.undo())
  const redo = does(() => history.redo())
  return mergeRegister(
    editor.registerCommand(UNDO_COMMAND, undo, COMMAND_PRIORITY_CRITICAL),
    editor.registerCommand(REDO_COMMAND, redo, COMMAND_PRIORITY_CRITICAL),
    () => history.destroy(),
  )
}

/** Whether an undo may delete what one has inserted: nobody else's words depend on it. */
function mayGo({ content, parentSub, right }: Y.Item): boolean {
  // Properties go with what has them.
  if (parentSub !== null) return false
  if (!(content instanceof Y.ContentType)) return true
  if (content.type instanceof Y.XmlText) return content.type.length === 0
  // Before each run of words stands a map with its format.
  let next = right
  while (next?.deleted) next = next.right
  return !(next?.content instanceof Y.ContentString)
}
