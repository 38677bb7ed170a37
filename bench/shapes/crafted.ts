import { craftUpdate } from '../../test/support/harness/crafted.ts'
import { crowdUpdate, numbers } from './messages.ts'

/** Each client deletes far beyond the one letter that it brings, but not beyond the bound. */
export function farAheadUpdate(count: number, first: number): Uint8Array {
  const structs = crowdUpdate(count, first).subarray(0, -1)
  const deletes: number[] = [count]
  for (let index = count - 1; index >= 0; index--) {
    deletes.push(first + index, 1, 2 ** 24, 1)
  }
  return Buffer.concat([structs, numbers(...deletes)])
}

/** So many collected clocks of one client from 0 on. */
export function collected(client: number, length: number): Uint8Array {
  return numbers(1, 1, client, 0, 0, length, 0)
}

/** Items of one client that follow each other, as one update. */
export function oneSection(items: Parameters<typeof craftUpdate>[0]): Uint8Array {
  const bodies = items.map((item) => craftUpdate([item]))
  const [first] = items
  const head = numbers(1, items.length, first?.client ?? 0, 0)
  return Buffer.concat([head, ...bodies.map(structOf), Uint8Array.of(0)])
}

/** The bytes of the struct in an update of one struct without deletes. */
function structOf(update: Uint8Array): Uint8Array {
  let at = 2
  for (let number = 0; number < 2; number++) {
    while ((update[at] ?? 0) >= 128) at++
    at++
  }
  return update.subarray(at, -1)
}
