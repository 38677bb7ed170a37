import { Glob } from 'bun'
import { startPostgres } from '../../support/harness/postgres.ts'

/**
 * The suites in which published clients, and programs over HTTP, meet a server as any does. Others
 * look into one process or at each byte that it sends; docs/scaling.md tells which and why.
 */
const suites = [
  'system/interop/*',
  'source/api/{content,declared-markup,deletion,documents,kept-first,large,markup,once}',
  'source/api/{rights,tags,together,versions}',
  'source/api/talk/{comments,comments-kept}',
  'source/chat/chat',
  'source/client/{chat,saved}',
  'source/events/{changes,feed,sending,stream,webhooks}',
  'source/server/auth/{access,crowded,end,grant,identity,quiet}',
  'source/server/hocuspocus/{access,hocuspocus,life}',
  'source/server/limits/{old-documents,presence-limits}',
]
const testMs = 90_000

/** What came of one file. */
interface Outcome {
  readonly path: string
  readonly passed: number
  readonly failed: number
  /** Why servers in it were one. */
  readonly alone: readonly string[]
}

/**
 * Runs suites with two servers on one PostgreSQL and one Redis in the place of each that they
 * start, one file after the other.
 * @param paths files of tests; the suites of published clients where there are none
 * @returns whether all passed
 */
export async function runSuites(
  paths: readonly string[],
  say: (line: string) => void,
): Promise<boolean> {
  const postgres = await startPostgres({ max_connections: '300' })
  const files = paths.length > 0 ? paths : suites.flatMap(filesOf)
  const outcomes: Outcome[] = []
  for (const path of files) outcomes.push(await run(path, postgres.url, say))
  await postgres.stop()
  const sum = (of: (one: Outcome) => number): number =>
    outcomes.reduce((all, one) => all + of(one), 0)
  const [passed, failed] = [sum((one) => one.passed), sum((one) => one.failed)]
  say(`${files.length} files, passed ${passed}, failed ${failed}`)
  return failed === 0 && passed > 0
}

function filesOf(suite: string): readonly string[] {
  return [...new Glob(`test/${suite}.test.ts`).scanSync()].toSorted()
}

async function run(path: string, postgres: string, say: (line: string) => void): Promise<Outcome> {
  const child = Bun.spawn([process.execPath, 'test', `--timeout=${testMs}`, path], {
    env: { ...process.env, YTOPIC_TEST_CLUSTER: postgres },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = [new Response(child.stdout).text(), new Response(child.stderr).text()]
  const [text, code] = [(await Promise.all(texts)).join(''), await child.exited]
  const count = (what: string): number =>
    Number(new RegExp(`^ *(\\d+) ${what}$`, 'm').exec(text)?.[1] ?? 0)
  const alone = [...text.matchAll(/^alone: (.*)$/gm)].flatMap(([, why]) => why ?? [])
  const isGood = code === 0
  // A file that ends before its first test has failed as well.
  const outcome = {
    path,
    passed: count('pass'),
    failed: isGood ? 0 : Math.max(1, count('fail')),
    alone,
  }
  say(`${path}: passed ${outcome.passed}, failed ${outcome.failed}`)
  for (const why of alone) say(`  with one server, as ${why}`)
  if (!isGood) say(text)
  return outcome
}
