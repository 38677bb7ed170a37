import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testFiles } from './test-files.mjs'
import { failuresIn, placeOf } from './told.mjs'

/** The tests run on slow and busy machines too; Bun's own limit is 5 s. */
const testTimeoutMs = 60_000
/** Silence after which it is told that a test goes on, and which file it is in. */
const silenceMs = 10_000

/**
 * What one run of `bun test` came to. `failures` is what was printed of each test that failed,
 * `lost` says in words what failed without being a test.
 * @typedef {{ passed: number, failed: number, skipped: string[], failures: string[],
 *   lost: string[] }} Outcome
 */

/**
 * Runs `bun test` over the folder `test` of `root`, showing its progress, and counts from its
 * JUnit report. The report is silent on a file that did not load, on an error between tests
 * and, being written last, on a process that ended early; each of those is a failure here.
 * @param {object} run
 * @param {string} run.bun
 * @param {string} run.root
 * @param {readonly string[]} run.args as for `bun test`
 * @param {number} [run.silence] milliseconds after which a person is told that a test goes on
 * @returns {Promise<Outcome>}
 */
export async function runBunTests({ bun, root, args, silence = silenceMs }) {
  const folder = mkdtempSync(join(tmpdir(), 'ytopic-test-'))
  try {
    const report = join(folder, 'report.xml')
    const plain = args.every((arg) => !arg.startsWith('-'))
    const expected = plain ? testFiles(root, args) : []
    if (plain) process.stderr.write(`Running the tests of ${expected.length} files.\n`)
    const { code, told } = await spawnBunTest({ bun, root, args, report, silence })
    const outcome = countReport(readIfThere(report))
    const strayErrors = told.split('# Unhandled error between tests').length - 1
    outcome.failures = failuresIn(told)
    outcome.lost = whatWasLost({ expected, outcome, code, strayErrors })
    outcome.failed += outcome.lost.length
    return outcome
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {object} run
 * @param {string} run.bun
 * @param {string} run.root
 * @param {readonly string[]} run.args
 * @param {string} run.report
 * @param {number} run.silence
 * @returns {Promise<{ code: number, told: string }>} the exit code, and what Bun has printed
 */
function spawnBunTest({ bun, root, args, report, silence }) {
  const places = args.every((arg) => arg.startsWith('-')) ? ['./test'] : []
  const reporter = ['--reporter=junit', `--reporter-outfile=${report}`]
  const limit = `--timeout=${testTimeoutMs}`
  const all = ['--no-orphans', 'test', ...reporter, limit, ...places, ...args]
  const color = process.stderr.isTTY ? { FORCE_COLOR: '1' } : {}
  return new Promise((resolve, reject) => {
    const child = spawn(bun, all, {
      cwd: root,
      env: { ...process.env, ...color },
      stdio: ['ignore', 'inherit', 'pipe'],
    })
    let told = ''
    const goesOn = setInterval(() => process.stderr.write(placeOf(told)), silence)
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      told += text
      process.stderr.write(text)
      goesOn.refresh()
    })
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(goesOn)
      resolve({ code: code ?? 1, told })
    })
  })
}

/**
 * @param {string} report JUnit XML as Bun writes it
 * @returns {Outcome & { files: Set<string> }}
 */
function countReport(report) {
  const outcome = {
    passed: 0,
    failed: 0,
    skipped: /** @type {string[]} */ ([]),
    failures: /** @type {string[]} */ ([]),
    lost: /** @type {string[]} */ ([]),
    files: /** @type {Set<string>} */ (new Set()),
  }
  // In the report every quote, < and > of a name is escaped, so tags can be cut out like this.
  for (const [, tag = '', end, body = ''] of report.matchAll(
    /<testcase ([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g,
  )) {
    outcome.files.add(attribute(tag, 'file'))
    if (end !== '/>' && body.includes('<skipped')) outcome.skipped.push(attribute(tag, 'name'))
    else if (end === '/>') outcome.passed++
    else outcome.failed++
  }
  return outcome
}

/**
 * @param {object} run
 * @param {readonly string[]} run.expected
 * @param {ReturnType<typeof countReport>} run.outcome
 * @param {number} run.code
 * @param {number} run.strayErrors
 * @returns {string[]}
 */
function whatWasLost({ expected, outcome, code, strayErrors }) {
  const lost = expected
    .filter((file) => !outcome.files.has(file))
    .map((file) => `${file}: no test of this file ran`)
  while (lost.length < strayErrors) lost.push('an error outside of any test (see above)')
  if (lost.length + outcome.failed > 0) return lost
  if (outcome.passed === 0) lost.push('no test ran')
  else if (code !== 0) lost.push(`bun test ended with exit code ${code}`)
  return lost
}

/** @param {string} tag @param {string} name */
function attribute(tag, name) {
  const value = new RegExp(`(?:^| )${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
  return value
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
