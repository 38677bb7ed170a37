/** What a message quotes of the text, and what it says. */
export interface Quoted {
  readonly quote: string
  readonly words: string
}

const lines = /^(?:>[^\n]*(?:\n|$))+/

/** Writes a quote before what is said, as mail does. */
export function withQuote(quote: string, words: string): string {
  if (quote === '') return words
  return `${quote.replace(/^/gm, '> ')}\n${words}`
}

/** Reads both out of a message. */
export function readQuoted(text: string): Quoted {
  const [begins = ''] = lines.exec(text) ?? []
  const quote = begins.replace(/^> ?/gm, '').trim()
  return { quote, words: text.slice(begins.length).trim() }
}
