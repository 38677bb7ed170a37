import { expect, test } from 'bun:test'
import {
  allSaved,
  connectHocuspocus,
  openSocket,
  versions,
} from '../../support/harness/hocuspocus.ts'
import { connect, converged } from '../../support/harness/provider.ts'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import { until } from '../../support/harness/wait.ts'

test('HOCUS-20: kill -9 after the last answer loses nothing; clients go on', async () => {
  const directory = await freshDirectory()
  let server = await startProcess(directory.path)
  const { port, url } = server
  const clients = versions.map((version) => connectHocuspocus(version, url, 'doc'))
  await allSaved(...clients)
  for (let count = 0; count < 200; count++) {
    for (const { document, version } of clients) {
      document.getText('t').insert(0, `${version}:${count} `)
    }
    if (count % 20 === 0) await Bun.sleep(1)
  }
  await allSaved(...clients)
  const saved = clients.map(({ document }) => document.getText('t').toString())
  const lengths = new Set(saved.map(({ length }) => length))
  await server.end('SIGKILL')
  // The clients hold everything; only a fresh one, while they are away, shows what the disk has.
  for (const { socket } of clients) socket.disconnect()
  server = await startProcess(directory.path, port)
  const witness = connect(`${url}/ws`, 'doc')
  const whole = () => lengths.has(witness.document.getText('t').length)
  await until('all is there', whole)
  for (let count = 0; count < 200; count++) {
    for (const version of versions) {
      expect(witness.document.getText('t').toString()).toContain(`${version}:${count} `)
    }
  }
  await Promise.all(clients.map(({ socket }) => socket.connect()))
  for (const { document } of clients) document.getText('t').insert(0, 'on ')
  await converged(witness.document, ...clients.map(({ document }) => document))
  await allSaved(...clients)
  for (const client of [...clients, witness]) client.end()
  await server.end('SIGTERM')
  await directory.remove()
}, 120_000)

test('HOCUS-15: no version stops or breaks when the server leaves and comes back', async () => {
  const directory = await freshDirectory()
  let server = await startProcess(directory.path)
  const { port, url } = server
  const clients = versions.map((version) => {
    const socket = openSocket(version, url)
    return connectHocuspocus(version, url, 'doc', { socket })
  })
  const errors: unknown[] = []
  const note = (event: ErrorEvent): number => errors.push(event.error)
  globalThis.addEventListener('error', note)
  await allSaved(...clients)
  expect(await server.end('SIGTERM')).toBe(0)
  await until('all are offline', () => clients.every(({ provider }) => !provider.synced))
  server = await startProcess(directory.path, port)
  for (const { document, version } of clients) document.getText('t').insert(0, `${version} `)
  await converged(...clients.map(({ document }) => document))
  await allSaved(...clients)
  globalThis.removeEventListener('error', note)
  expect(errors).toEqual([])
  for (const client of clients) {
    client.end()
    client.socket.destroy()
  }
  await server.end('SIGTERM')
  await directory.remove()
}, 120_000)
