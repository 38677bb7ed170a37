import type { ChainedCommands, Editor } from '@tiptap/core'
import { NodeSelection, TextSelection } from '@tiptap/pm/state'
import type { Format } from '../panels/passages.ts'
import { askAddress } from './ask-address.ts'
import { type Command, commands as plainCommands } from './commands.ts'
import { suggestionCommands } from './suggestions/suggestion-commands.ts'

const commands: readonly Command[] = [...plainCommands, ...suggestionCommands]

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
    const shown = buttons.filter((button) => !button.hidden)
    const at = shown.findIndex((button) => button === event.target)
    const to = nextStop(event.key, at, shown.length)
    if (at < 0 || to === undefined) return
    event.preventDefault()
    shown[to]?.focus()
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
      button.hidden = command.isOffered?.(editor) === false
      if (command.isActive !== undefined) button.ariaPressed = String(command.isActive(editor))
      // Not `disabled`: that would drop the keyboard focus of somebody who undid the last step.
      const isPossible = editor.isEditable && command.isPossible?.(editor) !== false
      button.ariaDisabled = String(!isPossible)
    }
  }
  for (const { button, command } of known) {
    // The editor keeps its selection when a button is pressed with the mouse.
    button.addEventListener('mousedown', (event) => event.preventDefault())
    button.addEventListener('click', () => perform(command, editor, toolbar))
  }
  show()
  editor.on('transaction', show)
  editor.on('update', show)
}

function perform(command: Command, editor: Editor, toolbar: HTMLElement): void {
  const run = (address?: string): void => void command.run(chainIn(editor), address).run()
  const { asks } = command
  if (!editor.isEditable) return
  if (asks === undefined) run()
  else askAddress(toolbar, { label: asks.label, before: asks.before(editor), answer: run })
}

const mostWanted: ReadonlySet<string> = new Set(['bold', 'link'])

/** What is offered beside selected words. */
export function formatsIn(editor: Editor, toolbar: HTMLElement): readonly Format[] {
  if (!editor.isEditable) return []
  const wanted = commands.filter(({ name }) => mostWanted.has(name))
  return wanted.map((command) => ({
    label: command.label,
    icon: command.icon,
    isOn: command.isActive?.(editor) === true,
    press: () => perform(command, editor, toolbar),
  }))
}

/** Behind a table the caret stands in no block: what is begun there begins with one. */
function chainIn(editor: Editor): ChainedCommands {
  const chain = editor.chain().focus()
  const { selection } = editor.state
  if (selection instanceof TextSelection || selection instanceof NodeSelection) return chain
  if (selection.from !== selection.to) return chain
  return chain
    .insertContentAt(selection.from, { type: 'paragraph' })
    .setTextSelection(selection.from + 1)
}
