import type { AnyExtension } from '@tiptap/core'
import type { Extension } from '@codemirror/state'
import type * as Y from 'yjs'
import type { Kind } from './attributes.ts'
import type { Mount, Mounted } from './mounted.ts'

/** What is needed for an editor of any kind. */
export interface KindParts {
  readonly kind: Kind
  readonly mount: Omit<Mount<unknown>, 'root'>
  readonly doc: Y.Doc
  /** Name of the shared type. */
  readonly root: string
  readonly toolbar: HTMLElement
  readonly language: string
  readonly extensions: readonly unknown[]
}

/** Loads the code of a kind of editor; what it gives puts the editor into its place. */
export async function mountKind(parts: KindParts): Promise<() => Mounted> {
  const { doc, kind, language, mount, root, toolbar } = parts
  const { dressEditor } = await import('./text-styles.ts')
  dressEditor(mount.parent, toolbar)
  if (kind === 'rich') {
    const { createRichEditor } = await import('./rich/rich-editor.ts')
    const extensions = parts.extensions.filter(isTiptap)
    return () => createRichEditor({ ...mount, root: doc.getXmlFragment(root), toolbar, extensions })
  }
  const { createCodeEditor } = await import('./code/code-editor.ts')
  const extensions = parts.extensions.filter(isCodeMirror)
  const isCode = kind === 'code'
  return () =>
    createCodeEditor({
      ...mount,
      root: doc.getText(root),
      language: isCode ? language : undefined,
      extensions,
    })
}

function isTiptap(extension: unknown): extension is AnyExtension {
  return typeof extension === 'object' && extension !== null && 'name' in extension
}

function isCodeMirror(extension: unknown): extension is Extension {
  return typeof extension === 'object' && extension !== null
}
