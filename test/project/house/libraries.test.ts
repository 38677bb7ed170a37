import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { freshDirectory } from '../../support/harness/process.ts'
import { root } from './checkout.ts'

/** Whether a file that names something of a browser's page compiles under that configuration. */
async function knowsPages(config: string): Promise<boolean> {
  const folder = await freshDirectory()
  await Bun.write(join(folder.path, 'probe.ts'), 'export const { title } = document\n')
  const compilerOptions = { typeRoots: [join(root, 'node_modules/@types')] }
  const probe = { extends: join(root, config), compilerOptions, include: ['probe.ts'] }
  await Bun.write(join(folder.path, 'tsconfig.json'), JSON.stringify(probe))
  const command = [process.execPath, 'check', '--no-script']
  const checking = Bun.spawn(command, { cwd: folder.path, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = await new Response(checking.stdout).text()
  const code = await checking.exited
  await folder.remove()
  if (code !== 0) expect(said).toContain("Cannot find name 'document'")
  return code === 0
}

test('HOUSE-21: the server is compiled without what only pages have, pages with it', async () => {
  expect(await knowsPages('tsconfig.server.json')).toBe(false)
  expect(await knowsPages('tsconfig.json')).toBe(true)
  const { include } = await Bun.file(join(root, 'tsconfig.server.json')).json()
  expect(include).toEqual(['src', 'persistence'])
  const checks = await Bun.file(join(root, 'scripts/testing/checks.mjs')).text()
  expect(checks).toContain("'tsconfig.server.json'")
})
