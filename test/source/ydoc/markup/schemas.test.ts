import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { checkMarkup } from '../../../../src/ydoc/markup/check-markup.ts'
import { readMarkup, writeMarkup } from '../../../../src/ydoc/markup/markup.ts'
import type { MarkupOptions } from '../../../../src/ydoc/markup/markup-options.ts'
import type { Node } from '../../../../src/ydoc/markup/node.ts'
import { node, ownSchema, paragraph, settings, taking, text } from './own-schema.ts'

test('MARKUP-3: in a document without anything the names are those that were declared', () => {
  const written = '3. a\n\n```js\nb\n```\n\n- **c**\n\n---\n'
  const types = (said: MarkupOptions): unknown =>
    readMarkup('markdown', written, [], { ...taking, markup: said }).map(({ attrs, type }) => [
      type,
      attrs,
    ])
  expect(types(ownSchema)).toEqual([
    ['steps', { from: 3 }],
    ['codeBlock', { language: 'js' }],
    ['points', undefined],
    ['horizontalRule', undefined],
  ])
  expect(types({ schema: 'prosemirror' })).toEqual([
    ['ordered_list', { order: 3 }],
    ['code_block', { params: 'js' }],
    ['bullet_list', undefined],
    ['horizontal_rule', undefined],
  ])
  const prosemirror = { ...settings, markup: { schema: 'prosemirror' } as const }
  const blocks = readMarkup('markdown', written, [], { ...prosemirror, replaces: false })
  expect(writeMarkup('markdown', blocks, prosemirror)).toBe(written)
  expect(writeMarkup('html', blocks, prosemirror)).toContain('<ol start="3">')
})

test.each(['markdown', 'html'] as const)(
  'MARKUP-9: what a schema has not is read without, its text stays (%s)',
  (format) => {
    const source = {
      markdown: '~~a~~\n\n| b | c |\n|---|---|\n| d | e |\n\n- [x] f\n- [ ] g\n\n# h\n',
      html:
        '<p><s>a</s></p><table><tr><th>b</th><th>c</th></tr><tr><td>d</td><td>e</td></tr></table>' +
        '<ul data-type="taskList"><li data-checked="true">f</li><li>g</li></ul><h1>h</h1>',
    }[format]
    const lacking = { schema: 'prosemirror', lacks: ['heading'] } as const
    const blocks = readMarkup(format, source, [], { ...taking, markup: lacking })
    const item = (box: string, one: string): Node => ({
      type: 'list_item',
      content: [paragraph(text(box), text(one))],
    })
    expect(blocks).toEqual([
      paragraph(text('a')),
      ...['b', 'c', 'd', 'e'].map((one) => paragraph(text(one))),
      { type: 'bullet_list', content: [item('[x] ', 'f'), item('[ ] ', 'g')] },
      paragraph(text('h')),
    ])
    // What is declared, or stands there already, the schema has.
    const more = { schema: 'prosemirror', marks: { gone: { means: 'strike' } } } as const
    const [first] = readMarkup(format, source, [], { ...taking, markup: more })
    expect(first?.content?.[0]?.marks).toEqual([{ type: 'gone' }])
  },
)

test.each<readonly [given: unknown, words: string]>([
  [{ node: {} }, 'Unrecognized key: "node"'],
  [{ nodes: { a: { content: 'block' } } }, 'nodes.a.content: Invalid option'],
  [{ nodes: { a: { content: 'none', kind: 1 } } }, 'nodes.a: Unrecognized key: "kind"'],
  [{ nodes: { a_b: { means: 'list' } } }, 'nodes.a_b.means: Invalid option'],
  [{ nodes: { video: { content: 'none' } } }, "the tag <video> is HTML's own; give it another tag"],
  [{ nodes: { 'a b': { content: 'none' } } }, '"a b" cannot be a name in Markdown'],
  [{ marks: { é: {} } }, '"é" cannot be a name in Markdown'],
  [{ nodes: { a: { content: 'none', tag: 'A>' } } }, '"A>" cannot be a tag'],
  [
    { nodes: { Note: { content: 'none' } }, marks: { note: { tag: 'ins' } } },
    '"Note" and "note" are both ":note" in Markdown',
  ],
  [
    { nodes: { x1: { content: 'none', tag: 'ins' } }, marks: { x2: { tag: 'ins' } } },
    '"x1" and "x2" are both <ins> in HTML',
  ],
  [
    { nodes: { x1: { content: 'none', attributes: { userId: 'string', user_id: 'string' } } } },
    '"userId" and "user_id" are both "user-id" in text',
  ],
  [
    { nodes: { x1: { content: 'none', attributes: { attrs: 'json' } } } },
    'the attribute "attrs" cannot stand in text',
  ],
  [{ nodes: { x1: { content: 'none', label: 'a' } } }, 'the label "a" is no attribute of strings'],
  [{ nodes: { x1: { content: 'blocks', inline: true } } }, 'an inline node holds'],
  [
    { nodes: { x1: { means: 'heading', rename: { depth: 'x' } } } },
    '"heading" has no attribute "depth" in text; it has level',
  ],
  [{ lacks: ['paragraph'] }, 'lacks.0: Invalid option'],
  [7, 'Invalid input: expected object'],
])('MARKUP-7: %j is refused at the start, in words', (given, words) => {
  expect(() => checkMarkup(given)).toThrow(words)
  expect(() => checkMarkup(given)).toThrow(/^The markup of content: .*\.$/)
})

test('MARKUP-7: what is taken crosses to a thread as it is', () => {
  expect(structuredClone(checkMarkup(ownSchema))).toEqual(ownSchema)
})
test('MARKUP-4: the tags of an application say data that nothing acts upon', () => {
  fc.assert(
    fc.property(fc.string(), (evilText) => {
      const evil = [
        node('callout', { kind: `"><script>${evilText}`, onclick: evilText }, [
          paragraph(text(`<${evilText}`, { type: 'highlight', attrs: { color: `"${evilText}` } })),
        ]),
        node('embed', { src: `javascript:${evilText}`, width: 3 }),
        paragraph(node('mention', { id: '"', label: `</mention><img src=x onerror=${evilText}>` })),
      ]
      const html = writeMarkup('html', evil, settings)
      const harmless =
        /^<\/?(?:callout|x-embed|mention|mark|p|span|br)(?: (?:data-[a-z-]+|style)="[^"<>]*")*>$/
      for (const tag of html.match(/<[^>]*>/g) ?? []) expect(tag).toMatch(harmless)
    }),
    { numRuns: 300 },
  )
  const [embed] = readMarkup(
    'html',
    '<x-embed src="a" onload="b" data-c="d">e</x-embed>',
    [],
    taking,
  )
  expect(embed).toEqual({ type: 'embed' })
  const running = '<x-embed data-src="java\nscript:alert(1)"></x-embed>'
  expect(() => readMarkup('html', running, [], taking)).toThrow('that runs nothing')
})
