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

/** What is known of the copy on this device. */
export interface DeviceCopy {
  /** Whether all is on the device. */
  readonly kept: boolean
  /** Why it is not. */
  readonly problem: string | undefined
}

/**
 * Puts a standing in words.
 * @param copy the one on this device; undefined where edits are in the tab only
 */
export function describeStanding(standing: Standing, copy?: DeviceCopy): StatusWords {
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
      return offline(standing.pending, copy)
    case 'unreachable':
      return {
        title: awayTitle(standing, copy),
        detail: keptHere(standing.pending, copy),
      }
    case 'refused':
    case 'denied':
      return { title: 'Refused by the server', detail: refusalOf(standing) }
  }
}

function awayTitle(
  { code, pending }: Extract<Standing, { readonly kind: 'unreachable' }>,
  copy: DeviceCopy | undefined,
): string {
  const what = code === restarting ? 'Server restarting' : 'Server away'
  const isKept = pending > 0 && copy?.kept === true
  if (isKept) return `${what}, ${changes(pending)} kept on this device`
  return code === restarting ? what : `${what}, trying again`
}

function offline(pending: number, copy: DeviceCopy | undefined): StatusWords {
  const waiting = changes(pending)
  if (copy !== undefined) {
    const title = copy.kept ? `Offline, ${waiting} kept on this device` : `Offline, ${waiting}`
    return { title: pending === 0 ? 'Offline' : title, detail: keptHere(pending, copy) }
  }
  return pending === 0
    ? { title: 'Offline', detail: keeping }
    : { title: `Offline, ${waiting} kept here`, detail: `They ${survive}` }
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
export function keptHere(pending: number, copy?: DeviceCopy): string {
  const waiting = changes(pending)
  if (copy === undefined) return pending === 0 ? keeping : `${waiting} kept here: they ${survive}`
  if (copy.problem !== undefined) return copy.problem
  if (pending === 0) return 'What you write is kept on this device.'
  return copy.kept
    ? `${waiting} pending, kept on this device: you may close this page.`
    : `${waiting} pending, not kept on this device yet.`
}

function changes(count: number): string {
  return count === 1 ? '1 change' : `${count.toLocaleString('en')} changes`
}
