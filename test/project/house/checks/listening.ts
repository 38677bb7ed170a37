import type { SourceFile } from '../source.ts'

/** What listens in the product or in an example of a page and would share its port. */
export function listeningViolations({ path, text }: SourceFile): readonly string[] {
  if (!/^(?:src\/|docs\/|examples\/|README\.md$)/.test(path)) return []
  const listens = text.split('Bun.serve({').length
  const alone = text.split('reusePort: false').length
  return listens > alone ? [`${path} has a Bun.serve without reusePort: false`] : []
}
