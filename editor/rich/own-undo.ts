import type { ContentMatch, Schema } from '@tiptap/pm/model'
import { ySyncPluginKey } from '@tiptap/y-tiptap'
import * as Y from 'yjs'

/**
 * Undo and redo of what this client has written in a text that others write in, too. What others
 * have put into a block stays, and with it the block as it is and what its schema demands.
 * @param schema asked for when something is undone
 */
export function undoOwn(prose: Y.XmlFragment, schema: () => Schema): Y.UndoManager {
  return new Y.UndoManager(prose, {
    trackedOrigins: new Set([ySyncPluginKey]),
    captureTransaction: ({ meta }) => meta.get('addToHistory') !== false,
    deleteFilter: (item) => !isNeeded(item, schema()),
  })
}

/** Whether others would lose something by the deletion of an item; what came later is gone. */
function isNeeded({ content, parent, parentSub }: Y.Item, schema: Schema): boolean {
  const element = parent instanceof Y.XmlElement ? parent : undefined
  // An attribute, such as the level of a heading. It goes with its element, if that goes.
  if (parentSub !== null) return element !== undefined && element.length > 0
  if (!(content instanceof Y.ContentType)) return false
  const { type } = content
  const isTree = type instanceof Y.XmlFragment || type instanceof Y.Text
  if (isTree && type.length > 0) return true
  if (!(parent instanceof Y.XmlFragment)) return false
  // The binding deletes for everybody, with all that is in it, an element that does not fit. The
  // text itself cannot go: where it may not be empty, a new block would stand beside a redone one.
  const rest = parent.toArray().filter((child) => child !== type)
  if (element !== undefined && rest.length === 0) return false
  return !fits(element?.nodeName ?? schema.topNodeType.name, rest.map(nameOf), schema)
}

function fits(name: string, children: readonly string[], { nodes }: Schema): boolean {
  let match: ContentMatch | null | undefined = nodes[name]?.contentMatch
  for (const child of children) {
    const type = nodes[child]
    match = type === undefined ? undefined : match?.matchType(type)
  }
  return match?.validEnd === true
}

function nameOf(child: Y.XmlElement | Y.XmlText | Y.XmlHook): string {
  return child instanceof Y.XmlElement ? child.nodeName : 'text'
}
