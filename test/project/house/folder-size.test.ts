import { expect, test } from 'bun:test'
import { codeFiles } from './checkout.ts'
import { folderSizeViolations } from './checks/form.ts'
import type { SourceFile } from './source.ts'

test('HOUSE-26: no folder has over 20 files of code', () => {
  expect(folderSizeViolations(codeFiles())).toEqual([])
})

test('HOUSE-14: a check finds a folder of 21 files', () => {
  const files = (count: number): readonly SourceFile[] =>
    Array.from({ length: count }, (_, at) => ({ path: `src/a/${at}.ts`, text: '' }))
  const below = { path: 'src/a/b/c.ts', text: '' }
  expect(folderSizeViolations([...files(21), below])).toHaveLength(1)
  expect(folderSizeViolations([...files(20), below])).toEqual([])
})
