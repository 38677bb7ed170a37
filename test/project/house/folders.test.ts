import { expect, test } from 'bun:test'
import { codeFiles, read } from './checkout.ts'
import { folderSizeViolations } from './checks/form.ts'
import { folderViolations } from './folders.ts'
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

test('HOUSE-14: a file of a subfolder is judged as one of its folder', () => {
  const path = 'src/ydoc/fold/a.ts'
  const importing = (target: string): SourceFile => ({
    path,
    text: `import { a } from '${target}'`,
  })
  expect(folderViolations(importing('../../server/a.ts'))).toHaveLength(1)
  expect(folderViolations(importing('../../update/bytes/a.ts'))).toEqual([])
  expect(folderViolations(importing('../content/a.ts'))).toEqual([])
})

test('HOUSE-22: ARCHITECTURE.md has a line for each folder of the source', () => {
  const [, lines = ''] = read('ARCHITECTURE.md').text.split(/^## (?:The folders|Where do I put…)$/m)
  const folders = codeFiles().flatMap(({ path }) => /^src\/[^/]+\//.exec(path) ?? [])
  const missing = new Set(folders.filter((folder) => !lines.includes(`\`${folder}\``)))
  expect([...missing]).toEqual([])
})
