import type { Link, Standing } from './link.ts'

/** What a person is told of a standing. */
export interface StatusWords {
  readonly title: string
  readonly detail: string
}

/** "Saved" is said after a rest this long: while somebody types the words would only flicker. */
const restMs = 300

/** Close code of a server that is about to come back. */
export const restarting = 1012

const survive = 'survive as long as this tab is open.'
const keeping = `Keeping your edits here: they ${survive}`

/** Puts a standing in words. */
export function describeStanding(standing: Standing): StatusWords {
  switch (standing.kind) {
    case 'connecting':
      return { title: 'Connecting', detail: '' }
    case 'saved':
      return { title: 'All changes saved', detail: '' }
    case 'reading':
      return { title: 'View only', detail: 'You may read this document, not change it.' }
    case 'saving':
      return { title: 'Saving…', detail: '' }
    case 'paused':
      return standing.pending === 0
        ? { title: 'Offline', detail: keeping }
        : { title: `Offline, ${changes(standing.pending)} kept here`, detail: `They ${survive}` }
    case 'unreachable':
      return {
        title: standing.code === restarting ? 'Server restarting' : 'Server away, trying again',
        detail: keptHere(standing.pending),
      }
    case 'refused':
    case 'denied':
      return { title: 'Refused by the server', detail: refusalOf(standing) }
  }
}

/**
 * Calls `listener` with the standing now and whenever it has become another one.
 * Gives the function that ends it.
 */
export function watchStanding(link: Link, listener: (standing: Standing) => void): () => void {
  let shown: Standing | undefined
  let resting: ReturnType<typeof setTimeout> | undefined
  const show = (standing: Standing): void => {
    if (JSON.stringify(standing) !== JSON.stringify(shown)) listener(standing)
    shown = standing
  }
  const look = (): void => {
    clearTimeout(resting)
    const { standing } = link
    if (standing.kind === 'saved' && shown?.kind === 'saving') {
      resting = setTimeout(() => show(link.standing), restMs)
    } else {
      show(standing)
    }
  }
  const unwatch = link.watch(look)
  look()
  return () => {
    clearTimeout(resting)
    unwatch()
  }
}

function refusalOf({ reason, pending }: { readonly reason: string; readonly pending: number }) {
  return pending === 0 ? reason : `${reason} ${keptHere(pending)}`
}

/** What is told of edits that the server does not have. */
export function keptHere(pending: number): string {
  return pending === 0 ? keeping : `${changes(pending)} kept here: they ${survive}`
}

function changes(count: number): string {
  return count === 1 ? '1 change' : `${count.toLocaleString('en')} changes`
}
