import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { logEvents } from '../../../src/base/log-events.ts'

test('HOUSE-24: docs/operating.md has every event of the log, with its sentence', async () => {
  const page = await Bun.file(resolve(import.meta.dir, '../../../docs/operating.md')).text()
  const [, section = ''] = page.split('\n## What the log says\n')
  const [table = ''] = section.split('\n## ')
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  const told = Object.entries(logEvents).map(
    ([event, sentence]) => `| \`${event}\` | ${sentence} |`,
  )
  expect(rows.toSorted()).toEqual(told.toSorted())
})
