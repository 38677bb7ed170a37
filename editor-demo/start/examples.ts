import { type Ask, documentPath } from '../../editor/link/api.ts'
import { pageOf } from '../document-name.ts'

/** The prepared documents of the page. */
export type Example = 'example' | 'past' | 'self'

interface Block {
  readonly type: string
  readonly attrs?: Readonly<Record<string, unknown>>
  readonly content?: readonly (Block | { readonly type: 'text'; readonly text: string })[]
}

const block = (type: string, ...content: NonNullable<Block['content']>): Block => ({
  type,
  content,
})
const text = (words: string) => ({ type: 'text', text: words }) as const
const paragraph = (words: string): Block => block('paragraph', text(words))
const heading = (words: string): Block => ({
  type: 'heading',
  attrs: { level: 2 },
  content: [text(words)],
})
const items = (...words: readonly string[]): Block =>
  block('bulletList', ...words.map((each) => block('listItem', paragraph(each))))

const walk: readonly Block[] = [
  heading('A walk along the river'),
  paragraph('We meet on Saturday at nine, by the old mill.'),
  items('Good shoes', 'Something to drink', 'A map: the path is not marked'),
  block('blockquote', paragraph('Who is slow walks in front.')),
  paragraph('Change what you like: everybody who has the link sees it at once.'),
]

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
  if (example === 'example') {
    await write(ask, name, walk)
    return pageOf(name)
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
