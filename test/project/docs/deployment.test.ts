import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { readCommand } from '../../../src/config.ts'

const root = resolve(import.meta.dir, '../../..')
const read = (path: string): Promise<string> => Bun.file(join(root, path)).text()

const compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      build: z.string().optional(),
      image: z.string().optional(),
      command: z.array(z.string()).optional(),
      secrets: z.array(z.string()).optional(),
      networks: z.array(z.string()),
      depends_on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
    }),
  ),
  networks: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ environment: z.string() })),
  configs: z.object({ balancer: z.object({ content: z.string() }) }),
})

/** The lines of the Dockerfile, by their word. */
async function stepsOf(word: string): Promise<readonly string[]> {
  const lines = (await read('Dockerfile')).split('\n')
  return lines
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.slice(word.length + 1))
}

async function parsed(): Promise<z.infer<typeof compose>> {
  return compose.parse(Bun.YAML.parse(await read('compose.yaml')))
}

test('CLUSTER-23: the servers of compose.yaml have flags that there are', async () => {
  const { services, secrets } = await parsed()
  const servers = Object.values(services).filter(({ build }) => build !== undefined)
  expect(servers).toHaveLength(2)
  for (const { command = [], secrets: given = [] } of servers) {
    for (const name of given) expect(Object.keys(secrets)).toContain(name)
    const asked = readCommand(command, {})
    expect(asked).toMatchObject({ kind: 'serve', config: { host: '0.0.0.0' } })
  }
})

test('CLUSTER-23: what compose.yaml names is in it', async () => {
  const { networks, services } = await parsed()
  const names = Object.keys(services)
  for (const { command = [], depends_on: first = [], networks: at } of Object.values(services)) {
    for (const name of Array.isArray(first) ? first : Object.keys(first)) {
      expect(names).toContain(name)
    }
    for (const name of at) expect(Object.keys(networks)).toContain(name)
    for (const [, host] of command.join('\n').matchAll(/:\/\/(?:\w+@)?(\w+):\d+/g)) {
      expect(names).toContain(host ?? '')
    }
  }
})

test('CLUSTER-23: the balancer of compose.yaml is that of docs/scaling.md', async () => {
  const { configs } = await parsed()
  const [, shown = ''] = /```caddy\n([^`]+)```/.exec(await read('docs/scaling.md')) ?? []
  const own = configs.balancer.content.replaceAll('$$', () => '$')
  expect(own.replace('one:1234 two:1234', '10.0.0.1:1234 10.0.0.2:1234')).toBe(shown)
})

test('CLUSTER-23: the Dockerfile sets what the server knows, and has its Bun', async () => {
  const variables = (await stepsOf('ENV')).flatMap((line) => line.split(' '))
  const help = readCommand(['--help'], {})
  if (help.kind !== 'help') throw new Error('There is no help.')
  for (const one of variables) expect(help.text).toContain(`(${one.split('=')[0]}`)
  const environment = Object.fromEntries(variables.map((one) => one.split('=')))
  const asked = readCommand(['serve'], { ...environment, YTOPIC_ALLOW_ANONYMOUS: 'write' })
  expect(asked).toMatchObject({ kind: 'serve', config: { host: '0.0.0.0', port: 1234 } })
  const { devDependencies } = JSON.parse(await read('package.json')) as {
    devDependencies: Record<string, string>
  }
  expect((await stepsOf('FROM')).at(-1)).toBe(`oven/bun:${devDependencies['bun']}-slim`)
})

test('CLUSTER-23: the Dockerfile runs steps that there are', async () => {
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> }
  const runs = await stepsOf('RUN')
  for (const [, name = ''] of runs.join('\n').matchAll(/npm run (\w+)/g)) {
    expect(Object.keys(scripts)).toContain(name)
  }
  const [entry] = await stepsOf('ENTRYPOINT')
  expect(entry).toContain('dist/src/main.js')
  const copies = (await stepsOf('COPY')).filter((line) => line.startsWith('--from=build '))
  expect(copies.map((line) => line.split(' ').at(-1))).toEqual([
    'package.json',
    'node_modules',
    'dist',
  ])
})
