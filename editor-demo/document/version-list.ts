import { piece, press } from '../../editor/panels/piece.ts'
import type { ColorOf } from './colors.ts'
import { clockOf, dayOf, titleOf, type Version } from './versions.ts'

/** Versions that were kept by themselves so near to each other are one session. */
const sessionGapMs = 15 * 60_000

/** Lists versions by day, newest first; of each session the last, and the rest behind it. */
export function showVersions(
  place: HTMLElement,
  versions: readonly Version[],
  choose: (version: Version) => void,
  colorOf: ColorOf,
): void {
  const item = (version: Version): HTMLElement => itemFor(version, choose, colorOf)
  const parts = [...Map.groupBy(versions, dayOf)].flatMap(([day, kept]) => {
    const items = sessionsIn(kept).flatMap(({ last, rest }) => {
      if (rest.length === 0) return [item(last)]
      const words = rest.length === 1 ? '1 earlier' : `${rest.length} earlier`
      const folded = piece('details', '', piece('summary', '', words))
      folded.append(piece('ul', '', ...rest.map(item)))
      return [item(last), piece('li', '', folded)]
    })
    return [piece('h3', '', day), piece('ul', '', ...items)]
  })
  place.replaceChildren(...parts)
}

interface VersionSession {
  readonly last: Version
  readonly rest: Version[]
}

/** What somebody has named, or what was kept for a reason, stands by itself. */
function sessionsIn(versions: readonly Version[]): readonly VersionSession[] {
  const sessions: VersionSession[] = []
  let before: Version | undefined
  for (const version of versions) {
    const isNear =
      before !== undefined && Date.parse(before.time) - Date.parse(version.time) < sessionGapMs
    const isPlain = version.kind === 'auto' && version.name === null
    if (isNear && isPlain) sessions.at(-1)?.rest.push(version)
    else sessions.push({ last: version, rest: [] })
    before = version
  }
  return sessions
}

function itemFor(
  version: Version,
  choose: (version: Version) => void,
  colorOf: ColorOf,
): HTMLElement {
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
