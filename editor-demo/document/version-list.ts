import { colorOf } from './changes.ts'
import { clockOf, dayOf, titleOf, type Version } from './versions.ts'

/** Lists versions by day, newest first. */
export function showVersions(
  place: HTMLElement,
  versions: readonly Version[],
  choose: (version: Version) => void,
): void {
  const days = Map.groupBy(versions, dayOf)
  const parts = [...days].flatMap(([day, kept]) => {
    const heading = document.createElement('h3')
    heading.textContent = day
    const list = document.createElement('ul')
    list.append(...kept.map((version) => itemFor(version, choose)))
    return [heading, list]
  })
  place.replaceChildren(...parts)
}

function itemFor(version: Version, choose: (version: Version) => void): HTMLElement {
  const item = document.createElement('li')
  const button = document.createElement('button')
  button.type = 'button'
  button.dataset['version'] = version.id
  const title = document.createElement('strong')
  title.textContent = titleOf(version)
  const when = document.createElement('span')
  when.textContent = clockOf(version)
  const people = document.createElement('span')
  people.className = 'authors'
  for (const author of version.authors) {
    const dot = document.createElement('span')
    dot.className = 'dot'
    dot.style.backgroundColor = colorOf(author)
    people.append(dot, author.name ?? author.id)
  }
  button.append(title, when, people)
  button.addEventListener('click', () => choose(version))
  item.append(button)
  return item
}
