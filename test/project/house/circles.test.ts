import { expect, test } from 'bun:test'
import { codeFiles } from './checkout.ts'
import { circlesOf } from './circles.ts'
import type { SourceFile } from './source.ts'

test('HOUSE-23: no files import each other in a circle, not even types', () => {
  expect(circlesOf(codeFiles())).toEqual([])
})

test('HOUSE-14: a check finds a circle that only a type closes', () => {
  const files = (last: string): readonly SourceFile[] => [
    { path: 'a/a.ts', text: "import { b } from './b.ts'" },
    { path: 'a/b.ts', text: "import { c } from '../c.ts'" },
    { path: 'c.ts', text: last },
  ]
  const circle = ['a/a.ts', 'a/b.ts', 'c.ts']
  expect(circlesOf(files("import type { A } from './a/a.ts'"))).toEqual([circle])
  expect(circlesOf(files("// import type { A } from './a/a.ts'"))).toEqual([])
})
