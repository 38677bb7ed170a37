import type { ChainedCommands, Editor } from '@tiptap/core'

/** A button of the toolbar. */
interface Command {
  readonly name: string
  readonly label: string
  readonly keys?: string
  /** The path of its picture, 20 by 20. */
  readonly icon: string
  readonly run: (chain: ChainedCommands) => ChainedCommands
  /** Undefined for a command that is done rather than switched on. */
  readonly isActive?: (editor: Editor) => boolean
  readonly isPossible?: (editor: Editor) => boolean
}

const commands: readonly Command[] = [
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

/** Moves the one tab stop of the toolbar, as screen-reader users expect of the role. */
function rove(toolbar: HTMLElement, buttons: readonly HTMLButtonElement[]): void {
  const stopAt = (stop: HTMLButtonElement | undefined): void => {
    for (const button of buttons) button.tabIndex = button === stop ? 0 : -1
  }
  stopAt(buttons[0])
  toolbar.addEventListener('focusin', ({ target }) => {
    stopAt(buttons.find((button) => button === target))
  })
  toolbar.addEventListener('keydown', (event) => {
    const at = buttons.findIndex((button) => button === event.target)
    const to = nextStop(event.key, at, buttons.length)
    if (at < 0 || to === undefined) return
    event.preventDefault()
    buttons[to]?.focus()
  })
}

function nextStop(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % count
    case 'ArrowLeft':
      return (at + count - 1) % count
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}

const svg = 'http://www.w3.org/2000/svg'

/** Puts the buttons into an empty toolbar. */
export function fillToolbar(toolbar: HTMLElement): void {
  toolbar.replaceChildren(...commands.map(buttonFor))
}

function buttonFor({ icon, keys, label, name }: Command): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.setAttribute('part', 'button')
  button.dataset['command'] = name
  button.ariaLabel = label
  button.title = keys === undefined ? label : `${label} (${keys})`
  const picture = document.createElementNS(svg, 'svg')
  picture.setAttribute('viewBox', '0 0 20 20')
  picture.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(svg, 'path')
  path.setAttribute('d', icon)
  picture.append(path)
  button.append(picture)
  return button
}

/** Makes the toolbar's buttons work on an editor that takes them, and show what holds there. */
export function connectToolbar(toolbar: HTMLElement, editor: Editor): void {
  const buttons = [...toolbar.querySelectorAll<HTMLButtonElement>('button[data-command]')]
  rove(toolbar, buttons)
  const known = buttons.flatMap((button) => {
    const command = commands.find(({ name }) => name === button.dataset['command'])
    return command === undefined ? [] : [{ button, command }]
  })
  const show = (): void => {
    for (const { button, command } of known) {
      if (command.isActive !== undefined) button.ariaPressed = String(command.isActive(editor))
      // Not `disabled`: that would drop the keyboard focus of somebody who undid the last step.
      const isPossible = editor.isEditable && command.isPossible?.(editor) !== false
      button.ariaDisabled = String(!isPossible)
    }
  }
  for (const { button, command } of known) {
    // The editor keeps its selection when a button is pressed with the mouse.
    button.addEventListener('mousedown', (event) => event.preventDefault())
    button.addEventListener('click', () => {
      if (editor.isEditable) command.run(editor.chain().focus()).run()
    })
  }
  show()
  editor.on('transaction', show)
  editor.on('update', show)
}
