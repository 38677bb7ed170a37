import { type AnyExtension, Editor, type Extensions } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret'
import { Placeholder } from '@tiptap/extensions/placeholder'
import type { Node, Schema } from '@tiptap/pm/model'
import { StarterKit } from '@tiptap/starter-kit'
import type * as Y from 'yjs'
import type { Mount, Mounted } from '../mounted.ts'
import { blocks } from './blocks.ts'
import { undoOwn } from './own-undo.ts'
import { Following } from '../link/following.ts'
import type { Link } from '../link/link.ts'
import { parsePerson, personOf } from '../link/person.ts'
import { RichPassages, richMarks } from './rich-passages.ts'
import { suggestionsFor } from './suggestions/suggestions.ts'
import { toldSelection } from './told-selection.ts'
import { connectToolbar, fillToolbar, formatsIn } from './toolbar.ts'

/** What only a rich-text editor has. */
export interface RichMount extends Mount<Y.XmlFragment> {
  /** Filled with buttons; emptied when the editor goes. */
  readonly toolbar: HTMLElement
  /** Beside those that are always there. */
  readonly extensions?: readonly AnyExtension[]
}

/**
 * Puts a rich-text editor into its place, with its toolbar; it is locked for as long as nothing may
 * be written.
 */
export function createRichEditor(mount: RichMount): Mounted {
  const { link, mayWrite, parent, root, toolbar } = mount
  const { awareness } = link
  // A name fades while its caret rests. ProseMirror moves the faded element, so it is woken here.
  const wake = ({ added, updated }: Record<'added' | 'updated', readonly number[]>): void => {
    const states = awareness.getStates()
    giveColors([...added, ...updated].flatMap((id) => states.get(id) ?? []))
    wakeNames(parent, new Set(updated.map((id) => parsePerson(states.get(id)?.['user']).name)))
  }
  giveColors(awareness.getStates().values())
  awareness.on('change', wake)
  const refresh = (): void => {
    if (editor.isEditable === mayWrite()) return
    editor.setOptions({ editorProps: { attributes: attributesFor(mount) } })
    editor.setEditable(mayWrite())
  }
  const unwatch = link.watch(refresh)
  const editor: Editor = new Editor({
    element: parent,
    editable: mayWrite(),
    // Text would be read as HTML, which a page that enforces Trusted Types forbids.
    content: { type: 'doc', content: [{ type: 'paragraph' }] },
    onDestroy: () => {
      unwatch()
      following.follow(undefined)
      awareness.off('change', wake)
      toolbar.replaceChildren()
    },
    // A stylesheet of ours holds these rules, so that no styles are injected.
    injectCSS: false,
    ...(mount.nonce === undefined ? {} : { injectNonce: mount.nonce }),
    editorProps: { attributes: attributesFor(mount) },
    extensions: extensionsFor(mount, () => editor.schema),
  })
  const passages = new RichPassages(editor, root, () => formatsIn(editor, toolbar))
  const following = new Following(mount, passages)
  fillToolbar(toolbar)
  connectToolbar(toolbar, editor)
  return {
    native: editor,
    passages,
    following,
    get isEmpty() {
      return isBlank(editor.state.doc)
    },
    get text() {
      return editor.getText()
    },
    get value() {
      return editor.getHTML()
    },
    get json() {
      return editor.getJSON()
    },
    focus: () => editor.commands.focus(),
    refresh,
    destroy: () => editor.destroy(),
  }
}

function extensionsFor(mount: RichMount, schema: () => Schema): Extensions {
  const { extensions = [], link, person, placeholder, root } = mount
  return [
    // A trailing paragraph would be written by everybody's editor, and end redo by that.
    StarterKit.configure({ undoRedo: false, trailingNode: false, link: { openOnClick: false } }),
    Collaboration.configure({
      fragment: root,
      yUndoOptions: { undoManager: undoOwn(root, schema) },
    }),
    CollaborationCaret.configure({
      provider: link,
      user: { ...person },
      render: (user) => caretOf(user),
      selectionRender: (user) => ({ style: `background-color: ${parsePerson(user).color}33` }),
    }),
    Placeholder.configure({
      placeholder: ({ editor }) => (isBlank(editor.state.doc) ? placeholder : ''),
    }),
    toldSelection(link.awareness.doc),
    richMarks,
    ...suggestionsFor(() => nameOf(link)),
    ...blocks,
    ...extensions,
  ]
}

/** Whether nothing is to be seen; a rule, a table or a list that is begun is something. */
function isBlank({ children }: Node): boolean {
  return children.every(
    ({ content, isTextblock, type }) => isTextblock && !type.spec.code && content.size === 0,
  )
}

/** Where the server says who somebody is, what the page calls them counts for nothing. */
function nameOf(link: Link): string {
  return personOf({ link }, parsePerson(link.awareness.getLocalState()?.['user'])).name
}

/** A caret with its name tag. Styles are set one by one: pages may forbid them in attributes. */
function caretOf(user: unknown): HTMLElement {
  const { color, name } = parsePerson(user)
  const caret = document.createElement('span')
  caret.className = 'collaboration-carets__caret'
  caret.style.borderColor = color
  const label = document.createElement('div')
  label.className = 'collaboration-carets__label'
  label.style.backgroundColor = color
  label.textContent = name
  caret.append(label)
  return caret
}

function attributesFor({ label, mayWrite }: RichMount): Record<string, string> {
  return {
    role: 'textbox',
    'aria-multiline': 'true',
    'aria-label': label,
    'aria-readonly': String(!mayWrite()),
    // What cannot be written in can still be reached by keyboard, to be read.
    tabindex: '0',
  }
}

/** Into a state that names no color the caret's plugin writes orange, which all would show then. */
function giveColors(states: Iterable<Readonly<Record<string, unknown>>>): void {
  for (const { user } of states) {
    if (typeof user === 'object' && user !== null) Object.assign(user, parsePerson(user))
  }
}

function wakeNames(parent: HTMLElement, names: ReadonlySet<string>): void {
  for (const label of parent.querySelectorAll('.collaboration-carets__label')) {
    if (!names.has(label.textContent)) continue
    for (const animation of label.getAnimations()) animation.currentTime = 0
  }
}
