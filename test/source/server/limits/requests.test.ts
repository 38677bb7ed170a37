import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  freshDirectory,
  type ServerProcess,
  startProcess,
} from '../../../support/harness/process.ts'
import { TcpClient } from '../../../support/harness/tcp-client.ts'
import { until } from '../../../support/harness/wait.ts'

let directory: Awaited<ReturnType<typeof freshDirectory>>
let server: ServerProcess

beforeAll(async () => {
  directory = await freshDirectory()
  const flags = ['--request-body-bytes-max', '10KiB', '--request-idle-ms-max', '1s']
  server = await startProcess(directory.path, 0, flags)
})

afterAll(async () => {
  await server.end('SIGKILL')
  await directory.remove()
})

test('LIMIT-13: a body above the limit is refused', async () => {
  const send = async (bytes: number) =>
    (await fetch(`${server.http}/readyz`, { method: 'POST', body: 'x'.repeat(bytes) })).status
  expect(await send(1_000)).toBe(405)
  expect(await send(20_000)).toBe(413)
})

test('LIMIT-13: requests that do not go on are cut, also drop by drop', async () => {
  const head = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n'
  const silent = await TcpClient.connect(server.port)
  const halfway = await TcpClient.connect(server.port)
  const dripping = await TcpClient.connect(server.port)
  const resting = await TcpClient.connect(server.port)
  halfway.say(head)
  dripping.say(`${head}X: `)
  resting.say(`${head}\r\n`)
  await until(
    'all of them are cut',
    () => {
      if (!dripping.closed) dripping.say('x')
      return [silent, halfway, dripping, resting].every(({ closed }) => closed)
    },
    18_000,
  )
}, 120_000)
