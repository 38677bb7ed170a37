import { cut, type SourceFile } from './source.ts'

const leadingIds = /^([A-Z]+-\d+(?:, [A-Z]+-\d+)*): /
const testCall = /(?:^|[^\w$.])(?:test|it)(?:\s*\.\s*(?!todo)[a-zA-Z]+)*$/

/** The ids of the rules, in the order of SPEC.md. */
export function ruleIds(spec: string): readonly string[] {
  return [...spec.matchAll(/^- \*\*([A-Z]+-\d+)\*\* /gm)].map(([, id = '']) => id)
}

/** The names of the tests in a file; of a template its beginning. */
export function testNames({ text }: SourceFile): readonly string[] {
  const { code, literals } = cut(text)
  return literals.flatMap(({ at, value }) => {
    const before = code.slice(0, at).trimEnd()
    return before.endsWith('(') && isTest(before.slice(0, -1)) ? [value] : []
  })
}

/** What does not fit between the rules and the tests, one sentence each. */
export function ruleViolations(spec: string, files: readonly SourceFile[]): readonly string[] {
  const ids = ruleIds(spec)
  const proved = new Set<string>()
  const violations: string[] = []
  for (const file of files) {
    for (const name of testNames(file)) {
      const found = leadingIds.exec(name)?.[1]?.split(', ') ?? []
      if (found.length === 0) violations.push(`${file.path}: no rule leads "${name}"`)
      for (const id of found) {
        proved.add(id)
        if (!ids.includes(id)) violations.push(`${file.path}: SPEC.md has no ${id}`)
      }
    }
  }
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
  violations.push(...twice.map((id) => `SPEC.md has ${id} twice`))
  violations.push(...ids.filter((id) => !proved.has(id)).map((id) => `no test proves ${id}`))
  return violations
}

/** Whether a call of this beginning makes a test: `test`, `test.if(x)`, `test.each([...])`. */
function isTest(callee: string): boolean {
  const before = callee.trimEnd()
  if (!before.endsWith(')')) return testCall.test(before)
  let depth = 0
  for (let at = before.length - 1; at >= 0; at--) {
    if (before[at] === ')') depth++
    if (before[at] === '(' && --depth === 0) return testCall.test(before.slice(0, at).trimEnd())
  }
  return false
}
