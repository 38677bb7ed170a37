import type { Directives, TextDirective } from 'mdast-util-directive'
import { directiveToMarkdown } from 'mdast-util-directive'
import type { Handle, Options } from 'mdast-util-to-markdown'

/**
 * Writes directives so that they are read as they were meant.
 * @param instead what stands for one within text that cannot be said; undefined where its text
 *   alone does
 */
export function directivesToMarkdown(
  instead: (directive: TextDirective) => string | undefined,
): Options {
  // What in text looks like the beginning of one is escaped as the package does it.
  const { unsafe } = directiveToMarkdown()
  const handle: Handle = (node: Directives, _parent, state, info) => {
    const tracker = state.createTracker(info)
    const exit = state.enter(node.type)
    const attributes = attributesText(node)
    try {
      if (node.type === 'containerDirective') {
        const inside = state.containerFlow(node, tracker.current())
        const fence = ':'.repeat(Math.max(2, longestColons(inside)) + 1)
        const body = inside === '' ? '' : `${inside}\n`
        return `${fence}${node.name}${attributes}\n${body}${fence}`
      }
      const within = ['label', `${node.type}Label`, 'phrasing'] as const
      const leave = within.map((construct) => state.enter(construct))
      const mark = `${node.type === 'leafDirective' ? '::' : ':'}${node.name}[`
      const label = state.containerPhrasing(node, {
        ...tracker.current(),
        before: mark,
        after: ']',
      })
      for (const end of leave.toReversed()) end()
      if (node.type === 'leafDirective') {
        return `${label === '' ? mark.slice(0, -1) : `${mark}${label}]`}${attributes}`
      }
      if (!isLabel(label)) return instead(node) ?? state.containerPhrasing(node, info)
      // Both are always there, so that nothing behind them is taken for a part of it.
      return `${mark}${label}]${attributes === '' && info.after === '{' ? '{}' : attributes}`
    } finally {
      exit()
    }
  }
  const handler = Object.assign(handle, { peek: () => ':' })
  return {
    handlers: { containerDirective: handler, leafDirective: handler, textDirective: handler },
    unsafe: unsafe ?? [],
  }
}

/** Colons at the beginning of a line, where the end of a container would be seen. */
function longestColons(text: string): number {
  return Math.max(0, ...(text.match(/^[ \t]*:+/gm)?.map((line) => line.trim().length) ?? []))
}

function attributesText({ attributes, type }: Directives): string {
  // Within text they may stand in a label, whose brackets are counted.
  const ends = type === 'textDirective' ? /[&"\n\r\t|[\]]/g : /[&"\n\r\t]/g
  const said = Object.entries(attributes ?? {}).map(
    ([name, value]) => `${name}="${(value ?? '').replaceAll(ends, reference)}"`,
  )
  return said.length === 0 ? '' : `{${said.join(' ')}}`
}

/** What would end a value, a line, a label or a cell of a table. */
function reference(character: string): string {
  return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`
}

/** What those who read directives take in one label. */
const bracketsMax = 32
const escapesMax = 900

/** Whether brackets are in pairs, as they have to be in a label. */
function isLabel(text: string): boolean {
  let [open, escapes] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '\\' && /[[\]\\]/.test(text[at + 1] ?? '')) {
      at++
      escapes++
    } else if (character === '[') open++
    else if (character === ']') open--
    if (open < 0 || open > bracketsMax || escapes > escapesMax) return false
  }
  return open === 0
}
