import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { readMarkup, writeMarkup } from '../../../../src/ydoc/markup/markup.ts'
import type { Mark, Node } from '../../../../src/ydoc/markup/node.ts'
import { node, paragraph, replacing, settings, text, there } from './own-schema.ts'

const word = fc.stringMatching(/^[A-Za-z0-9é#*_`[\]{}()<>&|~.:!"=\\-]{1,12}$/)
const phrase = fc.array(word, { minLength: 1, maxLength: 4 }).map((all) => all.join(' '))
// A document keeps no half of a pair, and text has no zero.
const value = fc
  .oneof(phrase, fc.string({ unit: 'grapheme' }), fc.constantFrom('', ' a', 'a\n\nb', 'a\tb', '|'))
  .filter((one) => !one.includes('\0') && !one.includes('\ufeff'))
const json = fc.jsonValue({ maxDepth: 2 }).filter((one) => one !== null)

/** Some of these attributes. */
function some(attributes: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> {
  return fc.record(attributes, { requiredKeys: [] })
}

const mark = fc.oneof(
  some({ color: value }).map((attrs) => node('highlight', attrs)),
  some({ data: json }).map((attrs) => node('remark', attrs)),
  fc.constant<Mark>({ type: 'strong' }),
)
const inline = fc
  .array(
    fc.oneof(
      fc
        .tuple(phrase, fc.uniqueArray(mark, { maxLength: 2, selector: ({ type }) => type }))
        .map(([one, marks]) => text(`x${one}y`, ...marks)),
      some({ id: value, label: value }).map((attrs) => node('mention', attrs)),
      fc
        .tuple(some({ color: value }), phrase)
        .map(([attrs, one]) => node('chip', attrs, [text(`x${one}y`)])),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => [text('so '), ...all.flatMap((one) => [one, text(' and ')]), text('z')])
const block = fc.letrec<{ block: Node; blocks: readonly Node[] }>((tie) => ({
  blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3 }).map((all) =>
    // Two lists behind one another would be one.
    all.flatMap((one) => [one, paragraph(text('between'))]),
  ),
  block: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    inline.map((content) => paragraph(...content)),
    some({ src: fc.webUrl(), width: fc.double({ noNaN: true, noDefaultInfinity: true }) }).map(
      (attrs) => node('embed', attrs),
    ),
    some({ text: value }).map((attrs) => node('figureNote', attrs)),
    fc
      .tuple(some({ data: json }), inline)
      .map(([attrs, content]) => node('caption_line', attrs, content)),
    fc
      .stringMatching(/^[:a-z`\n{}]{1,30}$/)
      .map((code) => node('codeBlock', {}, [text(`${code}b`)])),
    fc
      .tuple(some({ kind: value, isOpen: fc.boolean() }), tie('blocks'))
      .map(([attrs, content]) => node('callout', attrs, content)),
    tie('blocks').map((content) => node('columns', {}, content)),
    tie('blocks').map((content) => node('blockquote', {}, content)),
    tie('block').map((inner) =>
      node('points', {}, [node('point', {}, [paragraph(text('item')), inner])]),
    ),
    tie('block').map((inner) =>
      node('steps', { from: 3 }, [node('point', {}, [paragraph(text('item')), inner])]),
    ),
  ),
})).blocks

/** Neighbours with the same marks as one text, marks by their names, numbers as JSON has them. */
function plain(blocks: readonly Node[]): unknown {
  return JSON.parse(JSON.stringify(blocks.map(tidy)))
}

function tidy(one: Node): Node {
  const marks = one.marks?.toSorted((a, b) => (a.type < b.type ? -1 : 1))
  const content: Node[] = []
  for (const child of (one.content ?? []).map(tidy)) {
    const last = content.at(-1)
    const isSame = JSON.stringify(last?.marks) === JSON.stringify(child.marks)
    if (last?.text !== undefined && child.text !== undefined && isSame) {
      content[content.length - 1] = { ...last, text: last.text + child.text }
    } else content.push(child)
  }
  return { ...one, ...(marks && { marks }), ...(one.content && { content }) }
}

test.each(['markdown', 'html'] as const)(
  'MARKUP-6: what an application has declared comes back as it was in %s',
  (format) => {
    fc.assert(
      fc.property(block, (blocks) => {
        expect(plain(there(format, blocks))).toEqual(plain(blocks))
      }),
      { numRuns: 60 },
    )
  },
  120_000,
)

const secret: Node = { type: 'secret', attrs: { deep: [1] } }
const rich: readonly Node[] = [
  {
    type: 'callout',
    attrs: { kind: 'info', isOpen: true, uid: 'c-1' },
    content: [
      { type: 'paragraph', attrs: { uid: 'p-1' }, content: [text('the first words')] },
      secret,
      { type: 'embed', attrs: { src: 'javascript:alert(1)', width: 'wide', uid: 'e-1' } },
    ],
  },
  {
    type: 'paragraph',
    attrs: { uid: 'p-2' },
    content: [
      text('so '),
      { type: 'mention', attrs: { id: 'ada', label: 'Ada', uid: 'm-1' } },
      text(' said', { type: 'unknown', attrs: { a: 1 } }),
    ],
  },
]

test('MARKUP-6: what is not declared, or is not as declared, stays beside what is', () => {
  const written = writeMarkup('markdown', rich, settings)
  expect(written).toBe(
    ':::callout{kind="info" is-open="true"}\nthe first words\n\n<!--ytopic 1 secret-->\n\n' +
      '::embed\n:::\n\nso :mention[Ada]{id="ada"} said\n',
  )
  expect(readMarkup('markdown', written, rich, replacing)).toEqual(rich)
  expect(there('html', rich)).toEqual(rich)
})

test('MARKUP-6: an edit keeps what stands around it, and takes away what it leaves out', () => {
  const written = writeMarkup('markdown', rich, settings)
    .replace('first words', 'first new words')
    .replace(' is-open="true"', '')
    .replace(' said', ' said it')
  const [callout, said] = readMarkup('markdown', written, rich, replacing)
  expect(callout).toEqual({
    type: 'callout',
    attrs: { kind: 'info', uid: 'c-1' },
    content: [
      { type: 'paragraph', attrs: { uid: 'p-1' }, content: [text('the first new words')] },
      ...(rich[0]?.content?.slice(1) ?? []),
    ],
  })
  expect(said).toEqual({
    type: 'paragraph',
    attrs: { uid: 'p-2' },
    content: [
      text('so '),
      { type: 'mention', attrs: { id: 'ada', label: 'Ada', uid: 'm-1' } },
      text(' said', { type: 'unknown', attrs: { a: 1 } }),
      text(' it'),
    ],
  })
})

test('MARKUP-2: a picture within text keeps what Markdown says nothing of', () => {
  const picture = { type: 'image', attrs: { src: '/a.png', width: 40 } }
  const present = [paragraph(text('see '), picture, text(' there'))]
  expect(readMarkup('markdown', 'see ![](/a.png) here\n', present, replacing)).toEqual([
    paragraph(text('see '), picture, text(' here')),
  ])
})

test('MARKUP-2: an attribute that Markdown says goes when Markdown says it no more', () => {
  const code = { type: 'codeBlock', attrs: { language: 'js', uid: 'x' }, content: [text('a')] }
  expect(readMarkup('markdown', '```\nb\n```\n', [code], replacing)).toEqual([
    { type: 'codeBlock', attrs: { uid: 'x' }, content: [text('b')] },
  ])
})

const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_:-]{0,9}$/).map((one) => `own${one}`)
const attributes = fc.dictionary(name, json, { maxKeys: 2 })
const strange = fc.letrec<{ node: Node }>((tie) => ({
  node: fc
    .tuple(
      name,
      attributes,
      fc.oneof(
        { maxDepth: 2 },
        fc
          .tuple(phrase, name, attributes)
          .map(([one, type, attrs]) => [text('so '), text(`x${one}`, node(type, attrs))]),
        fc.array(tie('node'), { maxLength: 2 }),
      ),
    )
    .map(([type, attrs, content]) => node(type, attrs, content)),
})).node
const mixed = fc.array(
  fc
    .tuple(fc.boolean(), strange)
    .map(([isWithin, one]) => [
      isWithin ? node('callout', { uid: 'c' }, [one, paragraph(text('in it'))]) : one,
      paragraph(text('between')),
    ]),
  { minLength: 1, maxLength: 3 },
)

test('MARKUP-2: nodes and marks of any other schema survive edits beside them', () => {
  fc.assert(
    fc.property(mixed, (all) => {
      const blocks = all.flat()
      const written = writeMarkup('markdown', blocks, settings)
      expect(readMarkup('markdown', written, blocks, replacing)).toEqual(blocks)
      expect(plain(there('html', blocks))).toEqual(plain(blocks))
      const more = readMarkup('markdown', `new\n\n${written}\nlast\n`, blocks, replacing)
      expect(more).toEqual([paragraph(text('new')), ...blocks, paragraph(text('last'))])
    }),
    { numRuns: 60 },
  )
}, 120_000)
