/** Makes an element of a class: elements, not HTML, as pages may forbid that. */
export function piece<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  called: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  if (called !== '') element.className = called
  element.append(...children)
  return element
}

/** Makes a button with words on it. */
export function press(words: string, does: () => void, called = ''): HTMLButtonElement {
  const button = piece('button', called, words)
  button.type = 'button'
  button.addEventListener('click', does)
  return button
}

const svg = 'http://www.w3.org/2000/svg'

/** Makes a button with a picture on it. */
export function pressIcon(label: string, icon: string, does: () => void): HTMLButtonElement {
  const button = press('', does, 'icon')
  button.ariaLabel = label
  button.title = label
  button.append(picture(icon))
  return button
}

/** Makes a button with a picture on it that shows what it opens, and puts the keyboard there. */
export function openingIcon(label: string, icon: string, opened: HTMLElement): HTMLButtonElement {
  const button = pressIcon(label, icon, () => {
    opened.hidden = !opened.hidden
    button.ariaExpanded = String(!opened.hidden)
    if (!opened.hidden) opened.querySelector('button')?.focus()
  })
  button.classList.add('more')
  button.ariaExpanded = 'false'
  opened.hidden = true
  return button
}

/** A picture of 20 by 20, by its path. */
function picture(icon: string): SVGElement {
  const image = document.createElementNS(svg, 'svg')
  image.setAttribute('viewBox', '0 0 20 20')
  image.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(svg, 'path')
  path.setAttribute('d', icon)
  image.append(path)
  return image
}

/** Has a place hold these, in their order; what stands right is not touched and keeps the focus. */
export function arrange(place: Element, wanted: readonly Element[]): void {
  const kept = new Set<Element>(wanted)
  for (const child of Array.from(place.children)) if (!kept.has(child)) child.remove()
  for (const [at, element] of wanted.entries()) {
    const there = place.children[at]
    if (there !== element) place.insertBefore(element, there ?? null)
  }
}
