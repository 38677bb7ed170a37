import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { YtopicEditor } from 'ytopic/editor'
import manifest from '../../../editor/custom-elements.json' with { type: 'json' }

const editor = resolve(import.meta.dir, '../../../editor')
const [declared] = manifest.modules[0]?.declarations ?? []
if (declared === undefined) throw new Error('custom-elements.json declares no element.')

const sources: string[] = []
for await (const file of new Bun.Glob('**/*.{ts,css}').scan(editor)) {
  if (!file.endsWith('react.ts')) sources.push(await Bun.file(join(editor, file)).text())
}
const code = sources.join('\n')

function named(list: readonly { readonly name: string }[]): readonly string[] {
  return list.map(({ name }) => name).toSorted()
}

/** What the pattern's group has found in the code, each once. */
function found(pattern: RegExp, text = code): readonly string[] {
  const all = [...text.matchAll(pattern)].flatMap((match) => match.slice(1))
  return [...new Set(all.filter((one) => one !== undefined))].toSorted()
}

/** A prototype and those behind it that are ours: here there is no `HTMLElement`. */
function lineOf(prototype: object): readonly object[] {
  if (prototype === Object.prototype) return []
  return [prototype, ...lineOf(Object.getPrototypeOf(prototype) as object)]
}

/** What a program may use of the element, by whether it is called. */
function members(isMethod: boolean): readonly string[] {
  return lineOf(YtopicEditor.prototype)
    .flatMap((prototype) => Object.entries(Object.getOwnPropertyDescriptors(prototype)))
    .filter(([, { value }]) => (typeof value === 'function') === isMethod)
    .map(([name]) => name)
    .filter((name) => !/^constructor$|Callback$/.test(name))
    .toSorted()
}

test('ELEMENT-13: custom-elements.json tells of the members and attributes that there are', () => {
  const { attributes, members: told } = declared
  const ofKind = (kind: string) => named(told.filter((member) => member.kind === kind))
  expect(ofKind('method')).toEqual(members(true))
  expect(ofKind('field')).toEqual(members(false))
  // An attribute is read by its name.
  const read = found(/(?:get|has)Attribute\('([\w-]+)'\)|host\.(nonce)\b/g)
  expect(named(attributes)).toEqual(read)
  const watched = YtopicEditor.observedAttributes.filter(
    (name) => !named(attributes).includes(name),
  )
  expect(watched).toEqual([])
})

test('ELEMENT-13: custom-elements.json tells of what a page hears, fills and styles', () => {
  expect(named(declared.events)).toEqual(found(/\bsay\('(\w+)'/g))
  expect(named(declared.cssStates)).toEqual(found(/#state\('(\w+)'/g))
  expect(named(declared.cssProperties)).toEqual(found(/(--ytopic-[a-z-]+)/g))
  expect(named(declared.cssParts)).toEqual(
    found(/part\('\w+', '([\w-]+)'|setAttribute\('part', '([\w-]+)'\)/g),
  )
  expect(named(declared.slots)).toEqual(['', ...found(/slot\('([\w-]+)'\)/g)])
})
