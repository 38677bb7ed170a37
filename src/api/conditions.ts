import { RefusalError } from '../base/errors.ts'

/**
 * A tag as `ETag` says it: of the state, and of the form in which it is told.
 * @param form nothing for the update and the document, which are the state itself
 */
export function etag(state: string, form?: string): string {
  return form === undefined ? `"${state}"` : `"${state}.${form}"`
}

/**
 * Whether a state may be changed as far as a request says.
 * @param state undefined where there is no document
 * @throws RefusalError `precondition-failed`
 */
export function checkConditions(headers: Headers, state: string | undefined): void {
  const wanted = headers.get('if-match')
  const unwanted = headers.get('if-none-match')
  // RFC 9110: a weak tag never matches here.
  if (wanted !== null && !names(wanted, state, 'strong')) {
    throw new RefusalError(
      'precondition-failed',
      'Read the document again and make your change anew.',
    )
  }
  if (unwanted !== null && names(unwanted, state, 'weak')) {
    const detail = unwanted.trim() === '*' ? 'There is a document already.' : undefined
    throw new RefusalError('precondition-failed', detail)
  }
}

/** Whether the asker has that representation already. */
export function isKnown(headers: Headers, tag: string): boolean {
  const known = headers.get('if-none-match')
  if (known === null) return false
  return known.trim() === '*' || tagsIn(known).some(({ text }) => text === tag.slice(1, -1))
}

function names(header: string, state: string | undefined, by: 'strong' | 'weak'): boolean {
  if (state === undefined) return false
  if (header.trim() === '*') return true
  // A form's tag names the state that it was told of.
  return tagsIn(header).some(
    ({ isWeak, text }) => text.split('.')[0] === state && (by === 'weak' || !isWeak),
  )
}

function tagsIn(header: string): readonly { readonly isWeak: boolean; readonly text: string }[] {
  return [...header.matchAll(/(W\/)?"([^"]*)"/g)].map(([, weak, text = '']) => ({
    isWeak: weak !== undefined,
    text,
  }))
}
