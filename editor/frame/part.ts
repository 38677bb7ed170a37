/** Makes an element that pages may dress by `::part`. */
export function part<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  called: string,
  ...children: readonly Node[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  element.setAttribute('part', called)
  element.append(...children)
  return element
}
