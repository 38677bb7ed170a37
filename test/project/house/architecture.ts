import { type FolderRule, folderRules } from './folders.ts'

const begin = '<!-- imports: written by `npm run architecture`, begin -->'
const end = '<!-- imports: end -->'

/** The page with the table of imports as it is enforced. @throws Error where it has no place */
export function withImports(page: string): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the page has no ${begin}`)
  const rows = Object.entries(folderRules).map(rowOf)
  const table = ['| who | may import | as types only |', '|---|---|---|', ...rows].join('\n')
  return `${page.slice(0, from)}${begin}\n\n${table}\n\n${page.slice(to)}`
}

function rowOf([home, { may, types }]: readonly [home: string, rule: FolderRule]): string {
  const folders = may.filter((place) => place !== 'src/base/')
  const what = may.includes('') ? 'everything' : placesOf(folders)
  return `| \`${home}\` | ${what} | ${placesOf(types ?? [])} |`
}

function placesOf(places: readonly string[]): string {
  return places.length === 0 ? '–' : places.map((place) => `\`${place}\``).join(' ')
}
