import * as monaco from 'monaco-editor'
import { MonacoBinding } from 'y-monaco'
import { connect, place } from './connect.ts'

declare global {
  var MonacoEnvironment: monaco.Environment | undefined
}

globalThis.MonacoEnvironment = {
  getWorker: () => new Worker('/built/monaco-worker.js', { type: 'module' }),
}

const { doc, awareness } = connect('monaco')

const editor = monaco.editor.create(place, { language: 'markdown', automaticLayout: true })
const model = editor.getModel()
if (model === null) throw new Error('Monaco has made no model.')
// Windows' line ends would count twice here and once elsewhere, and texts would differ for good.
model.setEOL(monaco.editor.EndOfLineSequence.LF)

export const binding = new MonacoBinding(doc.getText('monaco'), model, new Set([editor]), awareness)

// y-monaco draws a caret for each client and leaves name and color to a style sheet.
const sheet = document.head.appendChild(document.createElement('style'))
awareness.on('change', () => {
  sheet.textContent = [...awareness.getStates()]
    .map(([id, state]) => caretStyle(id, state))
    .join('\n')
})

function caretStyle(id: number, { user }: Record<string, any>): string {
  const color = /^#[0-9a-f]{6}$/i.test(user?.color) ? user.color : '#888888'
  return `.yRemoteSelection-${id} { background: ${color}33 }
.yRemoteSelectionHead-${id} { position: absolute; height: 100%; border-left: 2px solid ${color} }
.yRemoteSelectionHead-${id}::after { content: ${JSON.stringify(String(user?.name ?? ''))};
  position: absolute; top: -1.2em; padding: 0 4px;
  background: ${color}; color: white; font: 11px sans-serif }`
}
