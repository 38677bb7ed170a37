import { piece } from '../panels/piece.ts'

/** A table whose rows are lists of cells; the numbers in it stand to the right. */
export function table(heads: readonly string[], rows: readonly Cells[]): HTMLElement {
  const head = piece('tr', '', ...heads.map((words) => piece('th', '', words)))
  const body = rows.map((cells) => piece('tr', '', ...cells.map(cellOf)))
  return piece('table', '', piece('thead', '', head), piece('tbody', '', ...body))
}

/** One row: numbers, words, or more. */
export type Cells = readonly (Node | string | number)[]

function cellOf(content: Node | string | number): HTMLElement {
  return typeof content === 'number'
    ? piece('td', 'number', content.toLocaleString('en'))
    : piece('td', '', content)
}

/** Milliseconds, or that they are not known. */
export function milliseconds(from: number | undefined, to: number | undefined): string {
  if (from === undefined || to === undefined) return ''
  const time = to - from
  return time < 10 ? time.toFixed(1) : time.toFixed(0)
}
