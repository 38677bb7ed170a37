import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { withLimits } from './limits-table.ts'

test('LIMIT-12: docs/operating.md has the limits of the code (npm run limits)', async () => {
  const page = await Bun.file(resolve(import.meta.dir, '../../../docs/operating.md')).text()
  expect(page).toBe(withLimits(page))
})
