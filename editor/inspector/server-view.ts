import { make, table } from './dom.ts'

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
  const element = make('div', '')
  if (numbers === undefined) {
    element.append(make('p', 'hint', 'This page has not said where the numbers of the server are.'))
    return { element, end: () => undefined }
  }
  let isOver = false
  let next: ReturnType<typeof setTimeout> | undefined
  const read = async (): Promise<void> => {
    const said = await ask(numbers)
    if (isOver) return
    element.replaceChildren(said.element)
    if (said.goesOn) next = setTimeout(readSafely, everyMs)
  }
  const readSafely = (): void => {
    read().catch(() => {
      if (isOver) return
      element.replaceChildren(make('p', 'hint', 'The server cannot be reached just now.'))
      next = setTimeout(readSafely, everyMs)
    })
  }
  readSafely()
  return {
    element,
    end: () => {
      isOver = true
      clearTimeout(next)
    },
  }
}

async function ask({ document, server, token }: ServerNumbers) {
  const address = new URL(`/api/v1/documents/${encodeURIComponent(document)}/numbers`, server)
  const headers = new Headers()
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  const answer = await fetch(address, { headers })
  const said: unknown = await answer.json()
  const isNumbers = answer.ok && typeof said === 'object' && said !== null
  if (!isNumbers) {
    const words = 'The server tells its numbers to those with admin access to the document.'
    return { element: make('p', 'hint', words), goesOn: answer.status >= 500 }
  }
  const rows = Object.entries(said).map(([name, value]) => [
    name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    typeof value === 'number' ? value : String(value),
  ])
  return { element: table(['', ''], rows), goesOn: true }
}
