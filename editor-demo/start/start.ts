import { asking, Refused } from '../../editor/link/api.ts'
import { pageOf, parseDocumentName } from '../document-name.ts'
import { find } from '../elements.ts'
import { connectTheme } from '../theme.ts'
import { takeToken } from '../token.ts'
import { type Example, makeDocument, makeExample } from './examples.ts'
import { showHint } from './hint.ts'
import { Lister, type Listing } from './listing.ts'
import { showRows } from './rows.ts'

/** How often the list is asked for while somebody looks at it. */
const againAfterMs = 4_000

const token = takeToken(new URL(location.href))
// The page of a document had this address once, and links to it live on.
const asked = parseDocumentName(new URLSearchParams(location.search).get('document') ?? '')
if (asked === undefined) start()
else location.replace(`${pageOf(asked)}${location.hash}`)

function start(): void {
  const ask = asking(location.origin, () => token)
  const lister = new Lister(ask)
  const rows = find(document, HTMLUListElement, '.rows')
  const note = find(document, HTMLElement, '.note')
  const problem = find(document, HTMLElement, '.problem')
  const form = find(document, HTMLFormElement, 'form')
  const search = find(form, HTMLInputElement, 'input')
  let listing: Listing | undefined

  const show = (): void => {
    if (listing === undefined) return
    const wanted = search.value.trim().toLocaleLowerCase()
    const found = listing.rows.filter(({ name, title }) =>
      [name, title].some((words) => words.toLocaleLowerCase().includes(wanted)),
    )
    showRows(rows, found)
    note.textContent = noteOf(listing, found.length)
  }
  const look = async (): Promise<void> => {
    if (document.visibilityState === 'visible') {
      listing = await lister.list()
      show()
    }
    setTimeout(turn, againAfterMs)
  }
  const turn = (): void => void look().catch(tell)
  const tell = (error: unknown): void => {
    problem.hidden = false
    problem.textContent = error instanceof Refused ? error.message : String(error)
  }
  const go = (address: Promise<string>): void => {
    problem.hidden = true
    address.then((place) => location.assign(place), tell)
  }

  find(document, HTMLButtonElement, '[data-part=new]').addEventListener('click', () => {
    go(makeDocument(ask).then(pageOf))
  })
  for (const card of document.querySelectorAll<HTMLElement>('[data-example]')) {
    const example = card.dataset['example']
    card.addEventListener('click', () => {
      if (isExample(example)) go(makeExample(example, ask))
    })
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const name = parseDocumentName(search.value)
    if (name !== undefined) location.assign(pageOf(name))
  })
  search.addEventListener('input', show)
  connectTheme(find(document, HTMLButtonElement, '.theme'))
  showHint()
  turn()
}

function noteOf({ refusal, rows }: Listing, found: number): string {
  const why = refusal === 'away' ? 'cannot be reached' : 'does not list its documents for you'
  const here = 'these are the ones that this browser has opened.'
  const whose = refusal === undefined ? '' : `The server ${why}: ${here} `
  if (rows.length === 0) return `${whose}Nothing here yet: make a document, or try one below.`
  return found === 0 ? `${whose}No document is called so; “Open” makes it.` : whose.trim()
}

function isExample(value: string | undefined): value is Example {
  return value === 'past' || value === 'self' || value === 'talk'
}
