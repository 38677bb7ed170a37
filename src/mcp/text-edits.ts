/** Some text that gives way to another one. */
export interface TextEdit {
  readonly old_text: string
  readonly new_text: string
}

/** What came of edits: the text after them, or in a sentence why there is none. */
export type Edited =
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'unfit'; readonly reason: string }

/** Makes edits one after the other; each names its place by a text that is there once. */
export function edited(text: string, edits: readonly TextEdit[]): Edited {
  let now = text
  for (const [place, { new_text: after, old_text: before }] of edits.entries()) {
    const which = edits.length === 1 ? 'The old_text' : `The old_text of edit ${place + 1}`
    const at = before === '' ? -1 : now.indexOf(before)
    if (at < 0) return { kind: 'unfit', reason: `${which} is not in the document; read it anew.` }
    if (now.includes(before, at + 1)) {
      const reason = `${which} is there more than once; give more of what stands around it.`
      return { kind: 'unfit', reason }
    }
    now = now.slice(0, at) + after + now.slice(at + before.length)
  }
  return { kind: 'edited', text: now }
}

/** The lines that hold a text, with their numbers from 1; upper and lower case are alike. */
export function linesWith(text: string, wanted: string, linesMax: number): readonly string[] {
  const sought = wanted.toLowerCase()
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.toLowerCase().includes(sought))
    .slice(0, linesMax)
    .map(({ line, number }) => `${number}: ${line}`)
}
