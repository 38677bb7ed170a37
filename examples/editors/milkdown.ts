import { defaultValueCtx, Editor, rootCtx } from '@milkdown/kit/core'
import { commonmark } from '@milkdown/kit/preset/commonmark'
import { collab, collabServiceCtx } from '@milkdown/plugin-collab'
import { connect, place } from './connect.ts'
import '@milkdown/kit/prose/view/style/prosemirror.css'
import '@milkdown/kit/prose/tables/style/tables.css'

const { doc, awareness } = connect('milkdown')

// Kit and plugin of one version: two versions bring two cores, and the editor is never ready.
export const editor = await Editor.make()
  .config((ctx) => {
    ctx.set(rootCtx, place)
    ctx.set(defaultValueCtx, '')
  })
  .use(commonmark)
  .use(collab)
  .create()

// Every block of the schema: an undo leaves it alone while other people's words are in it.
const protectedNodes = new Set([
  'paragraph',
  'heading',
  'bullet_list',
  'ordered_list',
  'list_item',
  'blockquote',
  'code_block',
])

editor.action((ctx) =>
  ctx
    .get(collabServiceCtx)
    .setOptions({ yUndoOpts: { protectedNodes } })
    .bindDoc(doc)
    .setAwareness(awareness)
    .connect(),
)
