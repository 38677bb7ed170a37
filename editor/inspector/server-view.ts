import { asking, documentPath, Refused } from '../link/api.ts'
import { piece } from '../panels/piece.ts'
import { table } from './table.ts'

/** Where the server's own numbers of a document are. */
export interface ServerNumbers {
  /** Address of the server. */
  readonly server: string
  readonly document: string
  /** Of somebody with admin access. */
  readonly token: string | undefined
}

const everyMs = 1_000

/** Reads the server's numbers once a second, for as long as they are shown. */
export function showServer(numbers: ServerNumbers | undefined): {
  readonly element: HTMLElement
  readonly end: () => void
} {
  const element = piece('div', '')
  if (numbers === undefined) {
    element.append(
      piece('p', 'hint', 'This page has not said where the numbers of the server are.'),
    )
    return { element, end: () => undefined }
  }
  const { document, server, token } = numbers
  const ask = asking(server, () => token)
  let isOver = false
  let next: ReturnType<typeof setTimeout> | undefined
  const show = (said: HTMLElement, goesOn: boolean): void => {
    if (isOver) return
    element.replaceChildren(said)
    if (goesOn) next = setTimeout(read, everyMs)
  }
  const read = (): void => {
    ask<object>('GET', documentPath(document, '/numbers'))
      .then((said) => show(tableOf(said), true))
      .catch((error: unknown) => {
        const isRefused = error instanceof Refused && error.status > 0 && error.status < 500
        const words = isRefused
          ? 'The server tells its numbers to those with admin access to the document.'
          : 'The server cannot be reached just now.'
        show(piece('p', 'hint', words), !isRefused)
      })
  }
  read()
  return {
    element,
    end: () => {
      isOver = true
      clearTimeout(next)
    },
  }
}

function tableOf(numbers: object): HTMLElement {
  const rows = Object.entries(numbers).map(([name, value]) => [
    name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    typeof value === 'number' ? value : String(value),
  ])
  return table(['', ''], rows)
}
