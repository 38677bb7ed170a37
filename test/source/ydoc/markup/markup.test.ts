import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { readMarkup, writeMarkup } from '../../../../src/ydoc/markup/markup.ts'
import { TooDeepError } from '../../../../src/ydoc/content/content-wish.ts'
import type { Mark, Node } from '../../../../src/ydoc/markup/node.ts'

const text = (value: string, ...marks: readonly Mark[]): Node =>
  marks.length === 0 ? { type: 'text', text: value } : { type: 'text', text: value, marks }
const paragraph = (...content: readonly Node[]): Node => ({ type: 'paragraph', content })
const depth = 100
const settings = { depth, markup: {} }
const taking = { ...settings, replaces: false }
const replacing = { ...settings, replaces: true }
const there = (format: 'markdown' | 'html', blocks: readonly Node[]): readonly Node[] =>
  readMarkup(format, writeMarkup(format, blocks, settings), [], taking)

/** Plain text that looks like Markdown. */
const lookalikes = [
  '# no heading',
  '## no',
  '#no',
  '- no list',
  '+ x',
  '* x',
  '1. one',
  '1) one',
  '10. ten',
  '> no quote',
  '---',
  '***',
  '___',
  '===',
  '```',
  '~~~',
  '    four spaces',
  '\ttab',
  '*no emphasis*',
  '_no_',
  '**no**',
  '~~no~~',
  '`no code`',
  '[no](link)',
  '![no](image)',
  '[ref]: http://x',
  '[^1]',
  '<b>no tag</b>',
  '<!-- no comment -->',
  '&amp; &copy; &#65;',
  'a | b',
  '| a | b |',
  '|---|---|',
  '- [ ] no task',
  'back\\slash',
  'ends in two spaces  ',
  ' begins with one',
  '\\# already',
  'a*b*c _d_ e__f__g',
]

test.each(lookalikes.map((one) => [one]))('MARKUP-1: the text %p stays text', (value) => {
  const blocks = [paragraph(text('before')), paragraph(text(value)), paragraph(text('after'))]
  expect(there('markdown', blocks)).toEqual(blocks)
  expect(there('html', blocks)).toEqual(blocks)
})

const words = fc.stringMatching(/^[A-Za-z0-9é#*_`[\]()<>&|~.!\\-]{1,12}$/)
const phrase = fc.array(words, { minLength: 1, maxLength: 4 }).map((all) => all.join(' '))
const said: readonly Mark[] = [
  { type: 'bold' },
  { type: 'italic' },
  { type: 'strike' },
  { type: 'link', attrs: { href: 'https://example.org/a?b=c' } },
]
// Words of their own around each mark, as no Markdown can say a mark that begins within a word.
const inline = fc
  .array(fc.tuple(phrase, fc.option(fc.constantFrom(...said))), { minLength: 1, maxLength: 4 })
  .map((all): readonly Node[] =>
    all.flatMap(([value, mark], at) => {
      const space = at === 0 ? [] : [text(' and ')]
      return [...space, mark === null ? text(`x${value}y`) : text(`x${value}y`, mark)]
    }),
  )
  .map(joined)
const block = fc.letrec<{ block: Node; item: Node }>((tie) => ({
  item: fc.tuple(inline, fc.option(tie('block'), { maxDepth: 2 })).map(([content, more]) => ({
    type: 'listItem',
    content: [paragraph(...content), ...(more === null ? [] : [more])],
  })),
  block: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    inline.map((content) => paragraph(...content)),
    fc
      .tuple(inline, fc.integer({ min: 1, max: 6 }))
      .map(([content, level]): Node => ({ type: 'heading', attrs: { level }, content })),
    fc.stringMatching(/^[a-z`~ \n*#-]{1,30}$/).map((code): Node => ({
      type: 'codeBlock',
      attrs: { language: 'js' },
      content: [text(`a${code}b`)],
    })),
    fc.constant<Node>({ type: 'horizontalRule' }),
    fc
      .array(tie('item'), { minLength: 1, maxLength: 3 })
      .map((content): Node => ({ type: 'bulletList', content })),
    fc
      .tuple(fc.array(tie('item'), { minLength: 1, maxLength: 3 }), fc.integer({ min: 2, max: 9 }))
      .map(([content, start]): Node => ({ type: 'orderedList', attrs: { start }, content })),
    tie('block').map((inner): Node => ({ type: 'blockquote', content: [inner] })),
  ),
})).block

/** Neighbours with the same marks are one text. */
function joined(nodes: readonly Node[]): readonly Node[] {
  const all: Node[] = []
  for (const node of nodes) {
    const last = all.at(-1)
    if (last !== undefined && JSON.stringify(last.marks) === JSON.stringify(node.marks)) {
      all[all.length - 1] = { ...last, text: `${last.text}${node.text}` }
    } else all.push(node)
  }
  return all
}

test('MARKUP-1: what Markdown can say comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (blocks) => {
      const apart = blocks.flatMap((one) => [one, paragraph(text('between'))])
      expect(there('markdown', apart)).toEqual(apart)
      expect(there('html', apart)).toEqual(apart)
    }),
    { numRuns: 60 },
  )
}, 120_000)

const table: Node = {
  type: 'table',
  content: ['tableHeader', 'tableCell'].map((type) => ({
    type: 'tableRow',
    content: ['a | b', 'c'].map((value) => ({ type, content: [paragraph(text(value))] })),
  })),
}
const tasks: Node = {
  type: 'taskList',
  content: [true, false].map((checked) => ({
    type: 'taskItem',
    attrs: { checked },
    content: [paragraph(text('do it'))],
  })),
}

test('MARKUP-1: tables, tasks, pictures, breaks and links come back', () => {
  const blocks = [
    table,
    tasks,
    { type: 'image', attrs: { src: 'https://example.org/a.png', alt: 'an "a"' } },
    paragraph(text('one'), { type: 'hardBreak' }, text('two')),
    paragraph(text('see '), text('this', { type: 'link', attrs: { href: '/x', title: 'T' } })),
  ]
  expect(there('markdown', blocks)).toEqual(blocks)
  expect(there('html', blocks)).toEqual(blocks)
})

const widget: Node = { type: 'widget', attrs: { size: 3, deep: { list: [1] } } }
const rich: readonly Node[] = [
  { type: 'heading', attrs: { level: 2, id: 'h-1' }, content: [text('Title')] },
  widget,
  { type: 'paragraph', attrs: { textAlign: 'right' }, content: [text('first words of it')] },
  { type: 'paragraph', content: [] },
  paragraph(
    text('plain '),
    text('colored', { type: 'textStyle', attrs: { color: '#f00' } }),
    text(' end'),
    { type: 'mention', attrs: { id: 'ada' } },
  ),
]

test('MARKUP-2: Markdown that is put as it was read changes nothing', () => {
  expect(readMarkup('markdown', writeMarkup('markdown', rich, settings), rich, replacing)).toEqual(
    rich,
  )
  expect(there('html', rich)).toEqual(rich)
})

test('MARKUP-2: an edit in Markdown keeps the nodes, attributes and marks around it', () => {
  const markdown = writeMarkup('markdown', rich, settings)
    .replace('first words', 'first new words')
    .replace(' end', ' ending')
    .replace('## Title', '## Title\n\nAn added block.')
  expect(readMarkup('markdown', markdown, rich, replacing)).toEqual([
    rich[0],
    paragraph(text('An added block.')),
    widget,
    {
      type: 'paragraph',
      attrs: { textAlign: 'right' },
      content: [text('first new words of it')],
    },
    rich[3],
    paragraph(
      text('plain '),
      text('colored', { type: 'textStyle', attrs: { color: '#f00' } }),
      text(' ending'),
      { type: 'mention', attrs: { id: 'ada' } },
    ),
  ] as readonly Node[])
  const without = markdown.replace(/<!--ytopic 1 widget-->\n\n/, '')
  expect(readMarkup('markdown', without, rich, replacing)).not.toContainEqual(widget)
  expect(() => readMarkup('markdown', '<!--ytopic 9 widget-->', rich, replacing)).toThrow(
    'has no node',
  )
})

test('MARKUP-3: the names of a schema are kept: those of ProseMirror, of Tiptap and mixed', () => {
  const present = [
    { type: 'bullet_list', content: [{ type: 'list_item', content: [paragraph(text('a'))] }] },
    paragraph(text('b', { type: 'strong' })),
  ]
  const [list, bold] = readMarkup('markdown', '- x\n\n*em* **strong** ~~no~~\n', present, replacing)
  expect(list?.type).toBe('bullet_list')
  expect(bold?.content?.flatMap(({ marks = [] }) => marks.map(({ type }) => type))).toEqual([
    'em',
    'strong',
    'strike',
  ])
})

test('MARKUP-4: HTML that is read brings nothing that runs', () => {
  const hostile =
    '<script>alert(1)</script><style>p{}</style><iframe src="//x"></iframe>' +
    '<p onclick="x()">a <a href="java\nscript:alert(1)">b</a>' +
    '<img src="data:text/html,x" onerror=x></p><svg onload=x><text>hidden</text></svg>' +
    '<template><p>not</p></template><object data=x></object>'
  const nodes = readMarkup('html', hostile, [], taking)
  expect(JSON.stringify(nodes)).not.toMatch(/alert|onclick|onerror|hidden|script|data:|"not"/)
  expect(nodes[0]).toEqual(paragraph(text('a '), text('b'), { type: 'image' }))
})

test('MARKUP-4: HTML that is written is made of tags that do nothing, whatever nodes say', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('href', 'src', 'x"y', 'onload'), (value, key) => {
      const evil = [
        {
          type: value || 'x',
          attrs: { [key]: `javascript:${value}` },
          content: [text(`<${value}`)],
        },
        paragraph(
          text(`</p><script>${value}`, { type: 'link', attrs: { href: `javascript:${value}` } }),
        ),
        { type: 'image', attrs: { src: `javascript:${value}`, alt: `"><script>${value}` } },
        { type: 'codeBlock', attrs: { language: `"><b ${value}` }, content: [text('</code>')] },
      ]
      const html = writeMarkup('html', evil, settings)
      const tags = html.match(/<[^>]*>/g) ?? []
      const name = '(?:class|alt|style|title|data-[a-z]+)'
      const harmless = new RegExp(`^</?(?:p|span|div|a|img|pre|code)(?: ${name}="[^"<>]*")*>$`)
      for (const tag of tags) expect(tag).toMatch(harmless)
    }),
    { numRuns: 300 },
  )
})

test('MARKUP-5: text that is nested too deep is refused in words, at once', () => {
  for (const one of ['> '.repeat(20_000), '- '.repeat(5_000), `${'>'.repeat(300)} x`]) {
    expect(() => readMarkup('markdown', `${one}x`, [], taking)).toThrow(TooDeepError)
  }
  const html = `${'<blockquote>'.repeat(20_000)}x`
  expect(() => readMarkup('html', html, [], taking)).toThrow(TooDeepError)
})
