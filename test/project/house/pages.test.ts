import { expect, test } from 'bun:test'
import { withImports } from './architecture.ts'
import { read } from './checkout.ts'

test('HOUSE-22: ARCHITECTURE.md has the table of imports (npm run architecture)', () => {
  const page = read('ARCHITECTURE.md').text
  expect(page).toBe(withImports(page))
})

test('HOUSE-22: SPEC.md lists its sections', () => {
  const spec = read('SPEC.md').text
  const sections = [...spec.matchAll(/^## ([A-Z]+): /gm)].map(([, section]) => section)
  const listed = [...spec.matchAll(/^- \[([A-Z]+)\]\(#/gm)].map(([, section]) => section)
  expect(listed).toEqual(sections)
})
