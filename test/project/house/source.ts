/** One file of the checkout, as the checks of the house take it. */
export interface SourceFile {
  /** From the root of the checkout, with `/`. */
  readonly path: string
  readonly text: string
}

/** A string literal, or the text of a template up to its first `${`. */
export interface Literal {
  /** Where its quote stands in the text. */
  readonly at: number
  readonly value: string
}

/** A file cut into what runs and what is only said. */
export interface Cut {
  /**
   * The text with everything inside comments, strings and regular expressions blanked; quotes
   * and line breaks stay, so that positions are those of the text.
   */
  readonly code: string
  readonly literals: readonly Literal[]
}

/** Words after which a `/` begins a regular expression and does not divide. */
const beforeExpression =
  /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|do|else|await|yield)$/

/** Cuts TypeScript or JavaScript (no JSX). */
export function cut(text: string): Cut {
  return new Cutter(text).run()
}

class Cutter {
  readonly #text: string
  readonly #code: string[]
  readonly #literals: Literal[] = []
  /** For every `${` that is open: how many braces are open inside it. */
  readonly #substitutions: number[] = []
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#code = text.split('')
  }

  run(): Cut {
    while (this.#at < this.#text.length) this.#step()
    return { code: this.#code.join(''), literals: this.#literals }
  }

  #step(): void {
    const two = this.#text.slice(this.#at, this.#at + 2)
    const one = two.charAt(0)
    if (two === '//' || two === '#!') this.#blankTo(this.#find('\n', this.#at))
    else if (two === '/*') this.#blankTo(this.#find('*/', this.#at + 2) + 2)
    else if (one === "'" || one === '"') this.#string(one)
    else if (one === '`') this.#template(this.#at)
    else if (one === '/' && this.#regexCanBegin()) this.#regex()
    else this.#brace(one)
  }

  #brace(one: string): void {
    const depth = this.#substitutions.pop()
    if (depth === undefined) {
      this.#at++
    } else if (one === '}' && depth === 0) {
      // The template goes on behind this brace; only its beginning counts as a literal.
      this.#template(undefined)
    } else {
      this.#substitutions.push(depth + (one === '{' ? 1 : 0) - (one === '}' ? 1 : 0))
      this.#at++
    }
  }

  #string(quote: string): void {
    const from = this.#at
    const to = this.#closing(quote)
    this.#literals.push({ at: from, value: this.#text.slice(from + 1, to) })
    this.#at = from + 1
    this.#blankTo(to)
    this.#at = to + 1
  }

  /** From the quote, or from the brace behind a substitution, to the next substitution or end. */
  #template(quoteAt: number | undefined): void {
    const from = this.#at + 1
    let to = from
    while (to < this.#text.length && this.#text[to] !== '`' && !this.#text.startsWith('${', to)) {
      to += this.#text[to] === '\\' ? 2 : 1
    }
    const value = this.#text.slice(from, to)
    if (quoteAt !== undefined) this.#literals.push({ at: quoteAt, value })
    this.#at = from
    this.#blankTo(to)
    if (this.#text[to] === '$') {
      this.#substitutions.push(0)
      this.#at = to + 2
    } else {
      this.#at = to + 1
    }
  }

  #regex(): void {
    let to = this.#at + 1
    let inClass = false
    while (to < this.#text.length && (inClass || this.#text[to] !== '/')) {
      if (this.#text[to] === '[') inClass = true
      if (this.#text[to] === ']') inClass = false
      to += this.#text[to] === '\\' ? 2 : 1
    }
    this.#at++
    this.#blankTo(to)
    this.#at = to + 1
  }

  #regexCanBegin(): boolean {
    const before = this.#code
      .slice(Math.max(0, this.#at - 40), this.#at)
      .join('')
      .trimEnd()
    const last = before.at(-1)
    if (last === undefined || '(,=:[!&|?{};+-*%<>~^'.includes(last)) return true
    return beforeExpression.test(before)
  }

  #closing(quote: string): number {
    let at = this.#at + 1
    while (at < this.#text.length && this.#text[at] !== quote) {
      at += this.#text[at] === '\\' ? 2 : 1
    }
    return at
  }

  #find(what: string, from: number): number {
    const at = this.#text.indexOf(what, from)
    return at === -1 ? this.#text.length : at
  }

  #blankTo(to: number): void {
    for (; this.#at < Math.min(to, this.#text.length); this.#at++) {
      if (this.#code[this.#at] !== '\n') this.#code[this.#at] = ' '
    }
  }
}
