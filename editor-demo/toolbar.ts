import type { Editor } from '@tiptap/core'

interface Command {
  readonly run: (editor: Editor) => boolean
  /** Undefined for a command that is done rather than switched on. */
  readonly isActive?: (editor: Editor) => boolean
  readonly isPossible?: (editor: Editor) => boolean
}

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['bold', toggle('bold', (editor) => editor.chain().focus().toggleBold().run())],
  ['italic', toggle('italic', (editor) => editor.chain().focus().toggleItalic().run())],
  ['strike', toggle('strike', (editor) => editor.chain().focus().toggleStrike().run())],
  [
    'heading',
    toggle('heading', (editor) => editor.chain().focus().toggleHeading({ level: 2 }).run()),
  ],
  ['bulletList', toggle('bulletList', (editor) => editor.chain().focus().toggleBulletList().run())],
  [
    'orderedList',
    toggle('orderedList', (editor) => editor.chain().focus().toggleOrderedList().run()),
  ],
  ['blockquote', toggle('blockquote', (editor) => editor.chain().focus().toggleBlockquote().run())],
  [
    'undo',
    {
      run: (editor) => editor.chain().focus().undo().run(),
      isPossible: (editor) => editor.can().undo(),
    },
  ],
  [
    'redo',
    {
      run: (editor) => editor.chain().focus().redo().run(),
      isPossible: (editor) => editor.can().redo(),
    },
  ],
])

function toggle(name: string, run: Command['run']): Command {
  return { run, isActive: (editor) => editor.isActive(name) }
}

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

/** Makes the toolbar's buttons work on an editor that takes them, and show what holds there. */
export function connectToolbar(toolbar: HTMLElement, editor: Editor): void {
  const buttons = [...toolbar.querySelectorAll<HTMLButtonElement>('button[data-command]')]
  rove(toolbar, buttons)
  const known = buttons.flatMap((button) => {
    const command = commands.get(button.dataset['command'] ?? '')
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
      if (editor.isEditable) command.run(editor)
    })
  }
  show()
  editor.on('transaction', show)
  editor.on('update', show)
}
