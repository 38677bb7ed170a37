import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import {
  type Application,
  linkedApplication,
  strangerEnvironment,
} from '../../support/harness/package.ts'
import { serve } from '../../../src/ytopic.ts'
import { silentLog } from '../../../src/base/log.ts'
import { allFiles } from '../house/checkout.ts'

const patienceMs = 60_000

/** A block of code that its page calls runnable: ` ```ts runnable `. */
interface Block {
  readonly page: string
  readonly line: number
  readonly language: string
  readonly text: string
}

const blocks = allFiles()
  .filter(({ path }) => path.endsWith('.md'))
  .flatMap(({ path, text }): readonly Block[] =>
    [...text.matchAll(/^```(ts|js) runnable\n([\s\S]*?)^```$/gm)].map((found) => ({
      page: path,
      line: text.slice(0, found.index).split('\n').length,
      language: found[1] ?? '',
      text: found[2] ?? '',
    })),
  )

let application: Application

beforeAll(async () => {
  application = await linkedApplication()
}, patienceMs)
afterAll(() => application.remove())

test('PACKAGE-6: pages that lead a newcomer have blocks that run', () => {
  const pages = new Set(blocks.map(({ page }) => page))
  for (const page of ['README.md', 'docs/embedding.md', 'docs/authentication.md']) {
    expect(pages).toContain(page)
  }
})

test(
  'PACKAGE-6: the blocks in TypeScript compile',
  async () => {
    const typed = blocks.filter(({ language }) => language === 'ts')
    for (const [at, { text }] of typed.entries()) await application.write(`typed/${at}.ts`, text)
    const compilerOptions = {
      target: 'ESNext',
      module: 'nodenext',
      moduleDetection: 'force',
      types: ['bun'],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
    }
    const config = JSON.stringify({ compilerOptions, include: ['typed'] })
    await application.write('tsconfig.json', config)
    await application.run(process.execPath, 'node_modules/typescript/bin/tsc')
  },
  patienceMs,
)

test.each(blocks.map((block) => [`${block.page}:${block.line}`, block] as const))(
  'PACKAGE-6: the block at %s runs, and says something',
  async (_, { page, line, language, text }) => {
    // A block that does not serve is a client: there is a server for it.
    const own = /\bserve(?:<[^(]*>)?\(/.test(text)
    const port = own ? freePort() : undefined
    const data = join(application.folder, `data-${line}`)
    const server = own ? undefined : await serve({ port: 0, data, log: silentLog })
    const name = `${page.replaceAll('/', '-')}-${line}.${language}`
    const address = `${port ?? server?.url.port}`
    await application.write(name, text.replaceAll('1234', address))
    const [outcome, said] = await run(name)
    await server?.stop()
    expect(said).toBe('')
    expect(outcome).toMatch(/\S/)
  },
  patienceMs,
)

/** Runs a file until it has printed a line or ended. @returns output and complaints */
async function run(file: string): Promise<readonly [printed: string, complaints: string]> {
  const child = Bun.spawn([process.execPath, file], {
    cwd: application.folder,
    env: strangerEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const complaints = new Response(child.stderr).text()
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += new TextDecoder().decode(chunk)
    if (printed.includes('\n')) break
  }
  child.kill('SIGKILL')
  await child.exited
  return [printed, await complaints]
}

/** A port that nobody has at the moment. */
function freePort(): number | undefined {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } })
  const { port } = listener
  listener.stop(true)
  return port
}
