import type { ChainedCommands, Editor } from '@tiptap/core'

/** What an address is asked for, and the one that is there. */
interface AddressAsked {
  readonly label: string
  readonly before: (editor: Editor) => string
}

/** A button of the toolbar. */
export interface Command {
  readonly name: string
  readonly label: string
  readonly keys?: string
  /** The path of its picture, 20 by 20. */
  readonly icon: string
  /** Where it needs an address, that is asked for first. */
  readonly asks?: AddressAsked
  readonly run: (chain: ChainedCommands, address: string | undefined) => ChainedCommands
  /** Undefined for a command that is done rather than switched on. */
  readonly isActive?: (editor: Editor) => boolean
  readonly isPossible?: (editor: Editor) => boolean
  /** Whether it is shown; undefined for one that always is. */
  readonly isOffered?: (editor: Editor) => boolean
}

/** What the buttons of rich text do, in their order. */
export const commands: readonly Command[] = [
  {
    name: 'bold',
    label: 'Bold',
    keys: 'Ctrl+B',
    icon: 'M6 4h5a3 3 0 0 1 0 6H6zm0 6h6a3 3 0 0 1 0 6H6z',
    run: (chain) => chain.toggleBold(),
    isActive: (editor) => editor.isActive('bold'),
  },
  {
    name: 'italic',
    label: 'Italic',
    keys: 'Ctrl+I',
    icon: 'M9 4h6M5 16h6M12 4 8 16',
    run: (chain) => chain.toggleItalic(),
    isActive: (editor) => editor.isActive('italic'),
  },
  {
    name: 'strike',
    label: 'Strikethrough',
    icon:
      'M3 10h14M14 6c-.6-1.4-2-2-4-2-2.5 0-4 1-4 2.7' +
      'M6 13.5C6.6 15.2 8 16 10 16c2.5 0 4-1.2 4-3 0-.8-.3-1.5-.8-2',
    run: (chain) => chain.toggleStrike(),
    isActive: (editor) => editor.isActive('strike'),
  },
  {
    name: 'heading',
    label: 'Heading',
    icon: 'M5 4v12M15 4v12M5 10h10',
    run: (chain) => chain.toggleHeading({ level: 2 }),
    isActive: (editor) => editor.isActive('heading'),
  },
  {
    name: 'bulletList',
    label: 'Bulleted list',
    icon: 'M8 5h9M8 10h9M8 15h9M3.5 5h.01M3.5 10h.01M3.5 15h.01',
    run: (chain) => chain.toggleBulletList(),
    isActive: (editor) => editor.isActive('bulletList'),
  },
  {
    name: 'orderedList',
    label: 'Numbered list',
    icon: 'M9 5h8M9 10h8M9 15h8M3 4l1.5-.8V8M3 12.8c.8-1 2.8-.8 2.4.5L3 16h2.6',
    run: (chain) => chain.toggleOrderedList(),
    isActive: (editor) => editor.isActive('orderedList'),
  },
  {
    name: 'blockquote',
    label: 'Quote',
    icon: 'M4 4v12M8 6h9M8 10h9M8 14h6',
    run: (chain) => chain.toggleBlockquote(),
    isActive: (editor) => editor.isActive('blockquote'),
  },
  {
    name: 'taskList',
    label: 'Task list',
    icon: 'M3 4.5h3v3H3zM3 12.5h3v3H3zM9 6h8M9 14h8',
    run: (chain) => chain.toggleTaskList(),
    isActive: (editor) => editor.isActive('taskList'),
  },
  {
    name: 'codeBlock',
    label: 'Code block',
    icon: 'm7 6-4 4 4 4m6-8 4 4-4 4',
    run: (chain) => chain.toggleCodeBlock(),
    isActive: (editor) => editor.isActive('codeBlock'),
  },
  {
    name: 'link',
    label: 'Link',
    icon:
      'M8.5 11.5a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.2l-.8.8' +
      'M11.5 8.5a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.2l.8-.8',
    asks: {
      label: 'Address of the link',
      before: (editor) => text(editor.getAttributes('link')['href']),
    },
    run: (chain, address) => linkTo(chain.extendMarkRange('link'), address),
    isActive: (editor) => editor.isActive('link'),
  },
  {
    name: 'image',
    label: 'Image',
    icon: 'M3 4h14v12H3zm0 9 4-4 4 4 2-2 4 4M13 7.5h.01',
    asks: {
      label: 'Address of the image',
      before: (editor) => text(editor.getAttributes('image')['src']),
    },
    run: (chain, address) =>
      address === undefined ? chain.deleteSelection() : chain.setImage({ src: address }),
    isActive: (editor) => editor.isActive('image'),
  },
  {
    name: 'table',
    label: 'Table',
    icon: 'M3 4h14v12H3zM3 8h14M3 12h14M8 4v12',
    run: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
    isPossible: (editor) => !editor.isActive('table'),
  },
  {
    name: 'addColumn',
    label: 'Add a column',
    icon: 'M3 4h8v12H3zM7 4v12M15.5 7v6M12.5 10h6',
    run: (chain) => chain.addColumnAfter(),
    isOffered: inTable,
  },
  {
    name: 'addRow',
    label: 'Add a row',
    keys: 'Tab in the last cell',
    icon: 'M3 3h14v8H3zM3 7h14M10 12.5v6M7 15.5h6',
    run: (chain) => chain.addRowAfter(),
    isOffered: inTable,
  },
  {
    name: 'deleteColumn',
    label: 'Delete the column',
    icon: 'M3 4h8v12H3zM7 4v12M12.5 10h6',
    run: (chain) => chain.deleteColumn(),
    isOffered: inTable,
  },
  {
    name: 'deleteRow',
    label: 'Delete the row',
    icon: 'M3 3h14v8H3zM3 7h14M7 15.5h6',
    run: (chain) => chain.deleteRow(),
    isOffered: inTable,
  },
  {
    name: 'deleteTable',
    label: 'Delete the table',
    icon: 'M3 4h14v12H3zM7 7l6 6M13 7l-6 6',
    run: (chain) => chain.deleteTable(),
    isOffered: inTable,
  },
  {
    name: 'undo',
    label: 'Undo',
    keys: 'Ctrl+Z',
    icon: 'M7 4 3.5 7.5 7 11M4 7.5h8a4.2 4.2 0 0 1 0 8.5H8',
    run: (chain) => chain.undo(),
    isPossible: (editor) => editor.can().undo(),
  },
  {
    name: 'redo',
    label: 'Redo',
    keys: 'Ctrl+Shift+Z',
    icon: 'm13 4 3.5 3.5L13 11m3-3.5H8A4.2 4.2 0 0 0 8 16h4',
    run: (chain) => chain.redo(),
    isPossible: (editor) => editor.can().redo(),
  },
]

function inTable(editor: Editor): boolean {
  return editor.isActive('table')
}

/** Where nothing is selected the address itself becomes the text of the link. */
function linkTo(chain: ChainedCommands, address: string | undefined): ChainedCommands {
  if (address === undefined) return chain.unsetLink()
  return chain.command(({ commands: can, state }) =>
    state.selection.empty
      ? can.insertContent({
          type: 'text',
          text: address,
          marks: [{ type: 'link', attrs: { href: address } }],
        })
      : can.setLink({ href: address }),
  )
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
