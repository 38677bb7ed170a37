import { BenchClient } from '../clients/client.ts'
import { documentName, preload, type Written } from '../clients/documents.ts'
import { textName } from '../clients/edits.ts'
import { ServerProcess, type Subject } from '../servers.ts'
import { type Measured, type Pace, round } from './row.ts'

const name = documentName(0)

/** One client after the other opens a document that others have open. Value: CPU ms an open. */
export async function runWarmOpen(subject: Subject, paper: Written, pace: Pace): Promise<Measured> {
  const server = await ServerProcess.start(subject)
  try {
    await preload(subject, server, name, [paper.update])
    const present = await BenchClient.open(server.port, subject.wire, name)
    const open = async (): Promise<void> => {
      const client = await BenchClient.open(server.port, subject.wire, name)
      client.end()
    }
    const count = pace.quick ? 50 : 200
    for (let warm = 0; warm < 2 * count; warm++) await open()
    const before = await server.quiet()
    for (let client = 0; client < count; client++) await open()
    const cpuMs = (await server.quiet()) - before
    await checkWhole(subject, server, paper)
    present.end()
    return { value: cpuMs / count, notes: { bytes: paper.update.length } }
  } finally {
    await server.stop()
  }
}

/** Documents of the same size that are opened before the one that counts. */
const others = 8

/** The first client opens a document since the server has started. Value: ms until it is there. */
export async function runColdOpen(subject: Subject, paper: Written): Promise<Measured> {
  const first = await ServerProcess.start(subject)
  const { directory } = first
  for (let index = 0; index <= others; index++) {
    await preload(subject, first, documentName(index), [paper.update])
  }
  // The servers write at once, or when the last client leaves.
  await Bun.sleep(500)
  await first.quiet()
  await first.stop(true, 'SIGTERM')
  const server = await ServerProcess.start(subject, directory)
  try {
    // Its code has run before, on other documents; this one has not been read.
    for (let other = 1; other <= others; other++) {
      const client = await BenchClient.open(server.port, subject.wire, documentName(other))
      client.end()
    }
    const before = await server.quiet()
    const started = performance.now()
    const client = await BenchClient.open(server.port, subject.wire, name)
    const ms = performance.now() - started
    const cpuMs = (await server.quiet()) - before
    await checkWhole(subject, server, paper)
    client.end()
    return { value: ms, second: cpuMs, notes: { 'CPU ms': round(cpuMs) } }
  } finally {
    await server.stop()
  }
}

/** Clients come back that have everything. Value: CPU ms for each. */
export async function runReconnect(
  subject: Subject,
  paper: Written,
  pace: Pace,
): Promise<Measured> {
  const server = await ServerProcess.start(subject)
  try {
    await preload(subject, server, name, [paper.update])
    const present = await BenchClient.open(server.port, subject.wire, name, { collect: true })
    const options = { stateVector: paper.stateVector, own: paper.nothingNew }
    const open = async (): Promise<void> => {
      const client = await BenchClient.open(server.port, subject.wire, name, options)
      await client.answered
      client.end()
    }
    const count = pace.quick ? 50 : 200
    for (let warm = 0; warm < 2 * count; warm++) await open()
    const before = await server.quiet()
    const heard = present.updates.length
    for (let client = 0; client < count; client++) await open()
    const cpuMs = (await server.quiet()) - before
    const relayed = present.updates.length - heard
    await checkWhole(subject, server, paper)
    present.end()
    const notes = { 'step 2 bytes': paper.nothingNew.length, 'frames relayed': relayed }
    return { value: cpuMs / count, notes }
  } finally {
    await server.stop()
  }
}

async function checkWhole(subject: Subject, server: ServerProcess, paper: Written): Promise<void> {
  const fresh = await BenchClient.open(server.port, subject.wire, name, { collect: true })
  const text = fresh.document().getText(textName).toString()
  fresh.end()
  if (text !== paper.text) throw new Error(`a fresh client has ${text.length} letters`)
}
