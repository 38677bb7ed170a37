import { piece, press } from '../../editor/panels/piece.ts'
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
    const items = kept.map((version) => itemFor(version, choose))
    return [piece('h3', '', day), piece('ul', '', ...items)]
  })
  place.replaceChildren(...parts)
}

function itemFor(version: Version, choose: (version: Version) => void): HTMLElement {
  const people = piece('span', 'authors')
  for (const author of version.authors) {
    const dot = piece('span', 'dot')
    dot.style.backgroundColor = colorOf(author)
    people.append(dot, author.name ?? author.id)
  }
  const button = press('', () => choose(version))
  button.dataset['version'] = version.id
  const title = piece('strong', '', titleOf(version))
  button.append(title, piece('span', '', clockOf(version)), people)
  return piece('li', '', button)
}
