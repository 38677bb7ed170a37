/** Makes an element with text or elements in it. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  called: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  if (called !== '') element.className = called
  element.append(...children)
  return element
}

export function button(words: string, does: () => void): HTMLButtonElement {
  const element = make('button', '', words)
  element.type = 'button'
  element.addEventListener('click', does)
  return element
}

/** A table whose rows are lists of cells; the numbers in it stand to the right. */
export function table(heads: readonly string[], rows: readonly Cells[]): HTMLElement {
  const head = make('tr', '', ...heads.map((words) => make('th', '', words)))
  const body = rows.map((cells) => make('tr', '', ...cells.map(cellOf)))
  return make('table', '', make('thead', '', head), make('tbody', '', ...body))
}

/** One row: numbers, words, or more. */
export type Cells = readonly (Node | string | number)[]

function cellOf(content: Node | string | number): HTMLElement {
  return typeof content === 'number'
    ? make('td', 'number', content.toLocaleString('en'))
    : make('td', '', content)
}

/** Milliseconds, or that they are not known. */
export function milliseconds(from: number | undefined, to: number | undefined): string {
  if (from === undefined || to === undefined) return ''
  const time = to - from
  return time < 10 ? time.toFixed(1) : time.toFixed(0)
}
