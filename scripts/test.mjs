// `npm test -- ...filters`: installs what is missing, then the checks, then every test.
// With filters or flags for `bun test` only the tests asked for run, without the checks.
import { runBunTests } from './testing/bun-test.mjs'
import { runChecks } from './testing/checks.mjs'
import { ensureBalancer } from './programs/balancers.mjs'
import { ensureChromium } from './programs/chromium.mjs'
import { bun, ensureInstalled, root } from './install.mjs'
import { ensurePostgres } from './programs/postgres.mjs'
import { ensureRedis } from './programs/redis.mjs'
import { ensureStrace } from './programs/strace.mjs'
import { testFiles } from './testing/test-files.mjs'

const args = process.argv.slice(2)
const total = { passed: 0, failed: 0 }

try {
  ensureInstalled()
  if (args.length === 0) add(await runChecks())
  const filters = args.filter((arg) => !arg.startsWith('-'))
  const files = testFiles(root, filters)
  const inBrowsers =
    /^test\/system\/(?:browser|element|examples|offline|panels|pictures|places|story)\//
  if (files.some((path) => inBrowsers.test(path))) have(ensureChromium)
  if (files.some((path) => path.startsWith('test/system/durability/'))) have(ensureStrace)
  if (files.some((path) => /postgres|^test\/system\/cluster\//.test(path))) have(ensurePostgres)
  if (files.some((path) => /redis|^test\/system\/cluster\//.test(path))) have(ensureRedis)
  if (files.includes('test/system/cluster/balancer.test.ts')) {
    have(() => ensureBalancer('nginx'))
    have(() => ensureBalancer('haproxy'))
    have(() => ensureBalancer('caddy'))
  }
  const outcome = await runBunTests({ bun, root, args })
  for (const text of outcome.failures) process.stdout.write(`\nfailed in ${text}\n`)
  for (const name of outcome.skipped) process.stdout.write(`skipped: ${name}\n`)
  for (const what of outcome.lost) process.stdout.write(`failed: ${what}\n`)
  add(outcome)
} catch (error) {
  fail(error)
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1

/**
 * A missing program is one failure more; what does not need it is tested all the same.
 * @param {() => unknown} ensure
 */
function have(ensure) {
  try {
    ensure()
  } catch (error) {
    fail(error)
  }
}

/** @param {{ passed: number, failed: number }} counts */
function add({ passed, failed }) {
  total.passed += passed
  total.failed += failed
}

/** @param {unknown} error */
function fail(error) {
  process.stdout.write(`failed: ${error instanceof Error ? error.message : String(error)}\n`)
  total.failed++
}
