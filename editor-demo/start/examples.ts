import { uuidv4 } from 'lib0/random'
import { type Ask, documentPath } from '../../editor/link/api.ts'
import { pageOf } from '../document-name.ts'

/** The prepared documents of the page. */
export type Example = 'past' | 'self' | 'talk'

interface Leaf {
  readonly type: 'text'
  readonly text: string
  readonly marks?: readonly object[]
}

interface Block {
  readonly type: string
  readonly attrs?: Readonly<Record<string, unknown>>
  readonly content?: readonly (Block | Leaf)[]
}

const block = (type: string, ...content: NonNullable<Block['content']>): Block => ({
  type,
  content,
})
const text = (words: string): Leaf => ({ type: 'text', text: words })
const paragraph = (words: string): Block => block('paragraph', text(words))
const heading = (words: string): Block => ({
  type: 'heading',
  attrs: { level: 2 },
  content: [text(words)],
})
const items = (...words: readonly string[]): Block =>
  block('bulletList', ...words.map((each) => block('listItem', paragraph(each))))

/** Words that somebody suggests to put there, or to take away. */
const suggested = (type: 'insertion' | 'deletion', words: string, by: string): Leaf => ({
  ...text(words),
  // The id says who it was, behind what makes it unique.
  marks: [{ type, attrs: { id: `${uuidv4()} ${by}` } }],
})

const walk = (): readonly Block[] => [
  heading('A walk along the river'),
  block(
    'paragraph',
    text('We meet on Saturday at '),
    suggested('deletion', 'nine', 'Ada'),
    suggested('insertion', 'ten', 'Ada'),
    text(', by the old mill.'),
  ),
  items('Good shoes', 'Something to drink', 'A map: the path is not marked'),
  block(
    'blockquote',
    block(
      'paragraph',
      text('Who is slow walks in front.'),
      suggested('insertion', ' Dogs are welcome.', 'Grace'),
    ),
  ),
  paragraph('Answer a comment, or select some words and write one. The check mark accepts.'),
]

/** What others have said of words in it. */
const remarks = [
  ['by the old mill', 'Is there room for all the bicycles?', 'Ada', '#0a7d57'],
  ['the path is not marked', 'It is, since spring: red dots on the trees.', 'Grace', '#8a3ab9'],
] as const

const drafts: readonly (readonly Block[])[] = [
  [heading('Bread'), paragraph('Flour, water and salt. Knead it and bake it.')],
  [
    heading('Bread'),
    paragraph('Flour, water, yeast and salt. Knead it, let it rest and bake it.'),
    items('500 g of flour', '330 g of water'),
  ],
  [
    heading('Bread, for beginners'),
    paragraph('Flour, water, yeast and salt. Knead it, let it rest for an hour and bake it.'),
    items('500 g of flour', '330 g of water', '10 g of salt'),
    paragraph('It is done when it sounds hollow.'),
  ],
]

/** Makes an example and gives the address at which it is open. */
export async function makeExample(example: Example, ask: Ask): Promise<string> {
  if (example === 'self') return `/lab?document=${await makeDocument(ask)}&side-by-side`
  const name = await makeDocument(ask)
  if (example === 'talk') {
    await write(ask, name, walk())
    for (const [quote, said, by, color] of remarks) {
      const anchor = { root: 'prose', quote }
      // Where the server knows who one is, one's own name stands there.
      const person = { id: by.toLowerCase(), name: by, color }
      await ask('POST', documentPath(name, '/comments'), { anchor, text: said, by: person })
    }
    return `${pageOf(name)}?panel=comments`
  }
  const names = ['First draft', 'With yeast', 'For beginners']
  for (const [at, draft] of drafts.entries()) {
    await write(ask, name, draft)
    await ask('POST', documentPath(name, '/versions'), { name: names[at] })
  }
  return `${pageOf(name)}?panel=history`
}

/** Makes an empty document with a name that nobody guesses, and gives the name. */
export async function makeDocument(ask: Ask): Promise<string> {
  const { name } = await ask<{ readonly name: string }>('POST', '/documents', {})
  return name
}

async function write(ask: Ask, name: string, content: readonly Block[]): Promise<void> {
  const path = documentPath(name, '/content?format=prosemirror&root=prose')
  await ask('PUT', path, { type: 'doc', content })
}
