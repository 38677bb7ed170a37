import { expect, test } from 'bun:test'
import { freshDirectory, startOne } from '../../support/harness/process.ts'
import { startPair } from '../../support/cluster/pair.ts'
import { startPostgres } from '../../support/harness/postgres.ts'
import { connect, converged, synced } from '../../support/harness/provider.ts'
import { until } from '../../support/harness/wait.ts'

test('CLUSTER-40: two servers stand in for the one of a suite, and outlast kill -9', async () => {
  const [directory, postgres] = await Promise.all([freshDirectory(), startPostgres()])
  const start = (more: readonly string[]) => startOne(directory.path, 0, more)
  const pair = await startPair(directory.path, 0, postgres.url, start)
  const clients = [connect(`${pair.url}/ws`, 'notes'), connect(`${pair.url}/ws`, 'notes')] as const
  const [one, two] = clients
  await synced(one, two)
  one.document.getText('t').insert(0, 'one ')
  two.document.getText('t').insert(0, 'two ')
  await converged(one.document, two.document)
  expect(await pair.end('SIGKILL')).not.toBe(0)
  const again = await startPair(directory.path, pair.port, postgres.url, start)
  const fresh = connect(`${again.url}/ws`, 'notes')
  await synced(fresh)
  await until('all is there', () => fresh.document.getText('t').length === 8)
  for (const client of [...clients, fresh]) client.end()
  await again.end('SIGTERM')
  await postgres.stop()
  await directory.remove()
}, 120_000)
