import { resolve } from 'node:path'
import { attacks } from '../test/system/hostile/attacks.ts'
import { freshDirectory, startProcess } from '../test/support/harness/process.ts'
import { invite } from '../test/system/hostile/witness.ts'

// How long two people in one document wait for each other while another document is attacked:
// `bun bench/hostile.ts [SECONDS [PART-OF-A-NAME]]`. Server, people and attacker are a process
// each; the attacker yields the processor to the others, as if it were on a machine of its own.
const seconds = Number(process.argv[2] ?? '5')
const wanted = process.argv[3] ?? ''
const child = resolve(import.meta.dir, 'hostile-child.ts')
const directory = await freshDirectory()
const server = await startProcess(directory.path)
const people = await invite(server.url, 'calm')

console.log('| attack | exchanges | p50 ms | p99 ms | longest ms | refused meanwhile |')
console.log('|---|---|---|---|---|---|')
try {
  await measure('nobody attacks')
  for (const { name } of attacks) {
    if (!name.includes(wanted)) continue
    const words = [name, server.url, `${server.port}`, name.replaceAll(' ', '-')]
    const command = ['nice', '-n', '19', process.execPath, child, ...words]
    const attacker = Bun.spawn(command, { stderr: 'inherit' })
    await Bun.sleep(500)
    await measure(name)
    attacker.kill('SIGKILL')
    await attacker.exited
    // The next attack is not to be blamed for what this one left behind.
    await Bun.sleep(2_000)
  }
} finally {
  people.end()
  await server.end('SIGKILL')
  await directory.remove()
}

async function measure(name: string): Promise<void> {
  const before = await refusals()
  const waits: number[] = []
  const end = performance.now() + seconds * 1_000
  while (performance.now() < end) {
    waits.push(await people.exchange())
    await Bun.sleep(5)
  }
  waits.sort((left, right) => left - right)
  const at = (part: number): string =>
    (waits[Math.floor(part * (waits.length - 1))] ?? 0).toFixed(1)
  const told = Object.entries(await refusals())
    .map(([kind, count]) => [kind, count - (before[kind] ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
  const cells = [name, waits.length, at(0.5), at(0.99), at(1), told.join(', ')]
  console.log(`| ${cells.join(' | ')} |`)
}

/** Refusals so far, by kind. */
async function refusals(): Promise<Readonly<Record<string, number>>> {
  const answer = await fetch(`${server.http}/healthz`)
  const { metrics }: { metrics: Record<string, number> } = await answer.json()
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, count]) =>
      name.startsWith('refused.') ? [[name.slice('refused.'.length), count]] : [],
    ),
  )
}
