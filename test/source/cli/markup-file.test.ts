import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import { ytopic } from './stage.ts'

const markup = JSON.stringify({
  nodes: { callout: { content: 'blocks', attributes: { kind: 'string' } } },
})
const written = ':::callout{kind="info"}\nHello\n:::\n'
const patienceMs = 120_000

test(
  'MARKUP-6: the commands read and write as --markup-file says',
  async () => {
    const directory = await freshDirectory()
    const at = (name: string): string => join(directory.path, name)
    await Promise.all([Bun.write(at('markup.json'), markup), Bun.write(at('a.md'), written)])
    const how = ['--markup-file', at('markup.json'), '--data', at('data')]
    const imported = await ytopic(
      'import',
      at('a.md'),
      '--document',
      'a',
      '--format',
      'markdown',
      ...how,
    )
    expect([imported.code, imported.err]).toEqual([0, ''])
    expect((await ytopic('show', 'a', '--format', 'markdown', ...how)).out.trim()).toBe(
      written.trim(),
    )
    const exported = await ytopic('export', 'a', '--format', 'html', ...how)
    expect(exported.out).toBe('<callout data-kind="info"><p>Hello</p></callout>\n')
    const without = await ytopic('show', 'a', '--format', 'markdown', '--data', at('data'))
    expect(without.out.trim()).toBe('<!--ytopic 1 callout-->')
    await directory.remove()
  },
  patienceMs,
)

test(
  'MARKUP-6: a server reads and writes as --markup-file says',
  async () => {
    const directory = await freshDirectory()
    const file = join(directory.path, 'markup.json')
    await Bun.write(file, markup)
    const server = await startProcess(join(directory.path, 'data'), 0, ['--markup-file', file])
    const url = `${server.http}/api/v1/documents/a/content?format=markdown`
    expect((await fetch(url, { method: 'PUT', body: written })).status).toBe(201)
    expect(await (await fetch(url)).text()).toBe(written)
    await server.end('SIGTERM')
    await directory.remove()
  },
  patienceMs,
)

test(
  'MARKUP-7: a file that cannot be used is named, with what is wrong in it',
  async () => {
    const directory = await freshDirectory()
    const at = (name: string): string => join(directory.path, name)
    await Bun.write(at('bad.json'), '{"nodes": {"video": {"content": "none"}}}')
    await Bun.write(at('none.json'), 'no JSON')
    const data = ['--data', at('data')]
    const served = await ytopic('--port', '0', ...data, '--markup-file', at('bad.json'))
    expect([served.code, served.err]).toEqual([
      2,
      expect.stringMatching(/bad\.json.*<video> is HTML's/),
    ])
    for (const file of ['none.json', 'missing.json']) {
      const shown = await ytopic('show', 'a', ...data, '--markup-file', at(file))
      expect([shown.code, shown.err]).toEqual([
        1,
        expect.stringContaining(`${file}" cannot be used: `),
      ])
    }
    await directory.remove()
  },
  patienceMs,
)
