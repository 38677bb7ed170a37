/** One value of Redis' protocol (RESP3), as far as it is looked at. */
export type RespValue = Uint8Array | number | RespError | null | readonly RespValue[] | Push

/** What Redis refuses. */
export class RespError extends Error {}

/** What Redis says unasked. */
export class Push {
  readonly values: readonly RespValue[]

  constructor(values: readonly RespValue[]) {
    this.values = values
  }
}

const lineEnd = 0x0d
const utf8 = new TextDecoder()

/** A command as Redis takes it. */
export function encodeCommand(...words: readonly (string | Uint8Array)[]): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from(`*${words.length}\r\n`)]
  for (const word of words) {
    const bytes = typeof word === 'string' ? Buffer.from(word) : word
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'))
  }
  return Buffer.concat(parts)
}

/** Text of a value that is one. */
export function textOf(value: RespValue | undefined): string {
  return value instanceof Uint8Array ? utf8.decode(value) : ''
}

/** Reads values out of what comes from a socket, in pieces of any size. */
export class RespReader {
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0

  /**
   * Takes what has come.
   * @returns the values that are whole by now; their bytes are views
   * @throws RangeError when it is not Redis that speaks
   */
  read(more: Uint8Array): readonly RespValue[] {
    const rest = this.#bytes.subarray(this.#at)
    this.#bytes = rest.length === 0 ? more : Buffer.concat([rest, more])
    this.#at = 0
    const values: RespValue[] = []
    for (;;) {
      const before = this.#at
      const value = this.#value()
      if (value === undefined) {
        this.#at = before
        return values
      }
      values.push(value)
    }
  }

  /** Undefined when it is not whole yet. */
  #value(): RespValue | undefined {
    const line = this.#line()
    if (line === undefined) return undefined
    const kind = line.charAt(0)
    const told = line.slice(1)
    switch (kind) {
      case '+':
        return Buffer.from(told)
      case '-':
        return new RespError(told)
      case ':':
        return Number(told)
      case '_':
        return null
      case '#':
      case ',':
        return Buffer.from(told)
      case '$':
      case '=':
        return this.#blob(Number(told))
      case '*':
      case '~':
        return this.#list(Number(told))
      case '>': {
        const values = this.#list(Number(told))
        return values === undefined || values === null ? undefined : new Push(values)
      }
      case '%':
        return this.#list(2 * Number(told))
      default:
        throw new RangeError(`What answers is no Redis; it says ${line.slice(0, 40)}.`)
    }
  }

  #line(): string | undefined {
    const end = this.#bytes.indexOf(lineEnd, this.#at)
    if (end < 0 || end + 1 >= this.#bytes.length) return undefined
    const line = utf8.decode(this.#bytes.subarray(this.#at, end))
    this.#at = end + 2
    return line
  }

  #blob(length: number): Uint8Array | null | undefined {
    if (length < 0) return null
    const end = this.#at + length
    if (end + 2 > this.#bytes.length) return undefined
    const bytes = this.#bytes.subarray(this.#at, end)
    this.#at = end + 2
    return bytes
  }

  #list(count: number): readonly RespValue[] | null | undefined {
    if (count < 0) return null
    const values: RespValue[] = []
    while (values.length < count) {
      const value = this.#value()
      if (value === undefined) return undefined
      values.push(value)
    }
    return values
  }
}
