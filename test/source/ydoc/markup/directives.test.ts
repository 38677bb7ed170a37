import { expect, test } from 'bun:test'
import { TooDeepError } from '../../../../src/ydoc/content/content-wish.ts'
import { readMarkup } from '../../../../src/ydoc/markup/markup.ts'
import { paragraph, taking, text, there } from './own-schema.ts'

/** Plain text that looks like directives. */
const lookalikes = [
  ':mention',
  ':mention[no]{id=x}',
  'a:mention[no]',
  'at 10:30 a:b, c::d',
  '::embed{src=x}',
  ':::callout',
  ':::',
  '::: callout {kind=x}',
  ':smile: ::smile:: :::smile:::',
  'ends with a colon:',
]

test.each(lookalikes.map((one) => [one]))('MARKUP-8: the text %p stays text', (one) => {
  const mention = { type: 'mention', attrs: { id: 'ada' } }
  const blocks = [
    paragraph(text('before')),
    paragraph(text(one)),
    paragraph(text(one), mention, text(one)),
    { type: 'callout', content: [paragraph(text(one)), paragraph(text(':::'))] },
  ]
  expect(there('markdown', blocks)).toEqual(blocks)
})

test('MARKUP-8: a directive that nobody declared is text, as it was written', () => {
  const written =
    'a :b[c *d*]{e=f} g:h ::i\n\n::j[k]{l}\n\n::m{n="o"}\n\n:::p{q}\n- r\n\n:::\n\n::mention[s]\n'
  const read = readMarkup('markdown', written, [], taking)
  expect(read).toEqual([
    paragraph(
      text('a '),
      text(':b['),
      text('c '),
      { ...text('d'), marks: [{ type: 'italic' }] },
      text(']{e=f}'),
      text(' g'),
      text(':h'),
      text(' ::i'),
    ),
    paragraph(text('::j[')),
    paragraph(text('k')),
    paragraph(text(']{l}')),
    paragraph(text('::m{n="o"}')),
    paragraph(text(':::p{q}')),
    { type: 'points', content: [{ type: 'point', content: [paragraph(text('r'))] }] },
    paragraph(text(':::')),
    paragraph(text('::mention[')),
    paragraph(text('s')),
    paragraph(text(']')),
  ])
  const bare = readMarkup('markdown', written, [], { ...taking, markup: {} })
  expect(bare[0]).toEqual(
    paragraph(
      text('a :b[c '),
      { ...text('d'), marks: [{ type: 'italic' }] },
      text(']{e=f} g:h ::i'),
    ),
  )
})

test.each([
  ['::embed{width=wide}', '"width" of "embed" takes a number, not "wide"'],
  ['::embed{src="java&#x73;cript:alert(1)"}', 'takes an address that runs nothing'],
  [':::callout{is-open=perhaps}\n:::', 'takes true or false'],
  [':::callout{onclick=x}\n:::', 'has no attribute "onclick"; it has "kind", "is-open"'],
  [':::caption-line\na\n\nb\n:::', '"caption-line" holds one paragraph of text'],
  ['a :remark[b]{data="{"}', 'takes JSON'],
])('MARKUP-8: %p is refused in words', (written, words) => {
  expect(() => readMarkup('markdown', written, [], taking)).toThrow(words)
})

test('MARKUP-8: directives are read as people write them', () => {
  const written =
    ':::callout{kind=info is-open}\nHello :mention[Ada L.]{#x7}.\n:::\n\n' +
    '::::callout\n:::columns\n:::\n::::\n\n::caption-line[**new**]\n'
  expect(readMarkup('markdown', written, [], taking)).toEqual([
    {
      type: 'callout',
      attrs: { kind: 'info', isOpen: true },
      content: [
        paragraph(
          text('Hello '),
          { type: 'mention', attrs: { id: 'x7', label: 'Ada L.' } },
          text('.'),
        ),
      ],
    },
    { type: 'callout', content: [{ type: 'columns', content: [paragraph()] }] },
    { type: 'caption_line', content: [text('new', { type: 'strong' })] },
  ])
})

test.each([
  [
    'in one another',
    Array.from({ length: 150 }, (_, at) => `${':'.repeat(160 - at)}columns`).join('\n'),
  ],
  ['without an end', ':::columns\n'.repeat(20_000)],
])('MARKUP-5: containers %s, too deep, are refused at once', (_what, deep) => {
  expect(() => readMarkup('markdown', deep, [], taking)).toThrow(TooDeepError)
})

test('MARKUP-5: containers behind one another, and directives without an end, are read', () => {
  const behind = ':::columns\na\n:::\n\n'.repeat(150)
  expect(readMarkup('markdown', behind, [], taking)).toHaveLength(150)
  for (const one of [':chip['.repeat(2_000), `:chip[a]{color="${'x'.repeat(200_000)}"}`]) {
    expect(readMarkup('markdown', one, [], taking)).toHaveLength(1)
  }
})

test('MARKUP-5: tags of an application that are nested too deep are refused', () => {
  const html = `${'<callout>'.repeat(20_000)}x`
  expect(() => readMarkup('html', html, [], taking)).toThrow(TooDeepError)
})
