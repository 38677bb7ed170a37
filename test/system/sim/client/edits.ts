import * as Y from 'yjs'
import type { Random } from '../random.ts'

// Nothing beyond the first plane: Yjs itself comes apart when half of such a letter is cut off,
// and no editor does that.
const letters = 'etaoin shrdlu, öß 文\n'.split('')
const lengthMax = 1_200

/** Makes one random edit, as an editor with or without text marks would, in one transaction. */
export function editRandomly(document: Y.Doc, random: Random, marks: boolean): void {
  document.transact(() => {
    const dice = random.next()
    if (dice < 0.6) editText(document.getText('text'), random, marks)
    else if (dice < 0.8) editMap(document.getMap('map'), random)
    else editArray(document.getArray('list'), random)
  })
}

function editText(text: Y.Text, random: Random, marks: boolean): void {
  const at = random.between(0, text.length)
  const dice = random.next()
  if (text.length > lengthMax) return text.delete(0, Math.floor(text.length / 2))
  if (text.length === 0 || dice < 0.65) return text.insert(at, someText(random, 12))
  if (dice < 0.69) {
    return text.insert(at, someText(random, 100).padEnd(random.between(200, 800), 'ab '))
  }
  const from = random.between(0, text.length - 1)
  const length = Math.min(random.between(1, 20), text.length - from)
  if (dice < 0.85 || !marks) text.delete(from, length)
  else text.format(from, length, { bold: random.chance(0.5) ? true : null })
}

function editMap(map: Y.Map<unknown>, random: Random): void {
  const key = `key ${random.between(0, 5)}`
  const nested = map.get(key)
  if (nested instanceof Y.Text && random.chance(0.7)) nested.insert(0, someText(random, 6))
  else if (random.chance(0.2)) map.delete(key)
  else map.set(key, someValue(random))
}

function someValue(random: Random): unknown {
  if (random.chance(0.2)) return new Y.Text(someText(random, 6))
  return random.pick([random.between(0, 1e9), someText(random, 5), null, [1, { a: 2 }]])
}

function editArray(list: Y.Array<unknown>, random: Random): void {
  const at = random.between(0, list.length)
  const grows = list.length === 0 || random.chance(0.65)
  if (grows) list.insert(at, [random.next(), someText(random, 4)])
  else list.delete(Math.min(at, list.length - 1), 1)
}

function someText(random: Random, lengthMost: number): string {
  return Array.from({ length: random.between(1, lengthMost) }, () => random.pick(letters)).join('')
}
