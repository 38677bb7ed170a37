/**
 * A value of a document as text: the same for equal values only. `JSON.stringify` would take
 * bytes, big integers, `undefined` and numbers that are none for something else.
 */
export function keyOfValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'object':
      return value === null ? 'null' : keyOfObject(value)
    case 'undefined':
    case 'boolean':
    case 'symbol':
    case 'function':
      return String(value)
  }
}

/** Keys of an object in their order: it comes back as it was written. */
function keyOfObject(value: object): string {
  if (value instanceof Uint8Array) return `<${Buffer.from(value).toString('base64')}>`
  if (Array.isArray(value)) return `[${value.map(keyOfValue).join()}]`
  const entries = Object.entries(value)
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${keyOfValue(inner)}`).join()}}`
}
