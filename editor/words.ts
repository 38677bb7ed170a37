import type { Link, Refusal } from './link/link.ts'
import { describeStanding, type DeviceCopy, keptHere, restarting } from './link/status.ts'

/** What an element's people are told of their document. */
export interface Situation {
  readonly kind: SituationKind
  readonly title: string
  /** What it means and what to do; may be empty. */
  readonly detail: string
  /** What somebody has to type for it, such as a flag of the server. */
  readonly remedy?: string
  /** Edits that are kept here only. */
  readonly pending: number
}

/** Every state of an element. */
export type SituationKind =
  | 'connecting'
  | 'saved'
  | 'saving'
  | 'view-only'
  | 'comment-only'
  | 'offline'
  | 'away'
  | 'restarting'
  | 'full'
  | 'busy'
  | 'site-refused'
  | 'token-needed'
  | 'expired'
  | 'forbidden'
  | 'deleted'
  | 'refused'
  | 'blocked'
  | 'silent'
  | 'unnamed'

/** In these nobody can go on without doing something: they are told where the text would be. */
const stops: ReadonlySet<SituationKind> = new Set([
  'site-refused',
  'token-needed',
  'expired',
  'forbidden',
  'deleted',
  'full',
  'refused',
  'blocked',
  'silent',
  'unnamed',
])

/** Whether it goes on only when somebody does something. */
export function isStop({ kind }: Situation): boolean {
  return stops.has(kind)
}

/** An element that has not been told which document it shows. */
export const unnamed: Situation = {
  kind: 'unnamed',
  title: 'No document yet',
  detail: 'The page has to say which document this is:',
  remedy: '<ytopic-editor document="notes">',
  pending: 0,
}

/** Nothing has been heard yet. */
export const connecting: Situation = {
  kind: 'connecting',
  title: 'Connecting…',
  detail: '',
  pending: 0,
}

/** What is known beside the link. */
export interface Circumstances {
  readonly link: Link
  readonly server: string
  readonly isBlocked: boolean
  readonly wasInside: boolean
  /** Whether a token was shown. */
  readonly hasToken: boolean
  readonly tokenFailure: string | undefined
  /** Edits that are not known to be on the server's disk. */
  readonly pending: number
  /** What this device keeps, where it does. */
  readonly copy: DeviceCopy | undefined
  /** Whether the document was made anew, and what is shown is of before. */
  readonly isReplaced: boolean
}

/**
 * Puts in words how an element stands.
 * @param isShown whether the page itself shows the document for reading
 */
export function situationOf(circumstances: Circumstances, isShown: boolean): Situation {
  const { copy, isBlocked, isReplaced, link, pending, server, tokenFailure } = circumstances
  const standing = 'pending' in link.standing ? { ...link.standing, pending } : link.standing
  if (isReplaced) return { ...replaced, pending }
  if (isBlocked) return blocked(server, pending)
  if (tokenFailure !== undefined) {
    const detail = `The page could not get a token for it: ${tokenFailure}`
    return { kind: 'token-needed', title: 'Not logged in', detail, pending }
  }
  const words = describeStanding(standing, copy)
  switch (standing.kind) {
    case 'connecting':
      return { ...connecting, pending }
    case 'reading':
      return reading(link, pending)
    case 'saved':
      return isShown ? shown : { kind: 'saved', ...words, pending }
    case 'saving':
      return { kind: 'saving', ...words, pending }
    case 'paused':
      return { kind: 'offline', ...words, pending }
    case 'unreachable': {
      const kind = standing.code === restarting ? 'restarting' : 'away'
      return { kind, ...words, pending }
    }
    case 'refused':
    case 'denied':
      return refusalOf(standing, circumstances)
  }
}

const replaced: Omit<Situation, 'pending'> = {
  kind: 'refused',
  title: 'This document was made anew',
  detail: 'What you see is of before: copy what you need. The page has to open the document again.',
}

const shown: Situation = {
  kind: 'view-only',
  title: 'View only',
  detail: 'This page shows the document for reading.',
  pending: 0,
}

function reading({ granted }: Link, pending: number): Situation {
  return granted?.access === 'comment'
    ? {
        kind: 'comment-only',
        title: 'Comment only',
        detail: 'You may read this document and comment on it, not change its text.',
        pending,
      }
    : { ...shown, detail: 'You may read this document, not change it.', pending }
}

function blocked(server: string, pending: number): Situation {
  const address = new URL(server)
  const socket = `${address.protocol === 'https:' ? 'wss' : 'ws'}://${address.host}`
  return {
    kind: 'blocked',
    title: "This page's own policy stops the editor",
    detail: "Its Content-Security-Policy must name the document's server:",
    remedy: `connect-src ${socket}`,
    pending,
  }
}

function refusalOf(refusal: Refusal, circumstances: Circumstances): Situation {
  const { copy, hasToken, server, wasInside } = circumstances
  const { code, pending, reason } = refusal
  const kept = pending === 0 ? '' : ` ${keptHere(pending, copy)}`
  const { host } = new URL(server)
  switch (code) {
    case 4420:
      return {
        kind: 'site-refused',
        title: 'This site may not use the server',
        detail: `Who runs ${host} can let it in by starting the server with:${kept}`,
        remedy: `--origin ${location.origin}`,
        pending,
      }
    case 4300:
      return { ...connecting, detail: kept.trim(), pending }
    case 4401:
      return wasInside ? expired(pending, kept) : tokenless(pending, kept)
    case 4403:
      if (!hasToken && !wasInside) return tokenless(pending, kept)
      return {
        kind: 'forbidden',
        title: wasInside ? 'Not taken by the server' : 'You may not open this document',
        detail: `${reason}${kept}`,
        pending,
      }
    case 4404:
      return {
        kind: 'deleted',
        title: 'This document was deleted',
        detail: `What you see is what this page still has of it: copy what you need.${kept}`,
        pending,
      }
    case 4413:
      return {
        kind: 'full',
        title: 'The document is full',
        detail: `${reason}${kept}`,
        pending,
      }
    case 1013:
      return {
        kind: 'busy',
        title: 'The server is full, trying again',
        detail: `${reason}${kept}`,
        pending,
      }
    default:
      return {
        kind: 'refused',
        title: 'Refused by the server',
        detail: `${reason}${kept}`,
        pending,
      }
  }
}

function expired(pending: number, kept: string): Situation {
  const detail = `Log in to this page again, then try again.${kept}`
  return { kind: 'expired', title: 'Your access has ended', detail, pending }
}

function tokenless(pending: number, kept: string): Situation {
  const detail = `The page has to give the editor one, as its property “token”.${kept}`
  return { kind: 'token-needed', title: 'This document asks for a token', detail, pending }
}
