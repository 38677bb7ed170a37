import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { bun, root } from '../install.mjs'

/**
 * One check of the code as it stands: `command` in the checkout, silent when all is well.
 * @typedef {{ name: string, command: string, args: readonly string[] }} Check
 */

/** @type {readonly Check[]} */
const checks = [
  // The scripts are JavaScript with JSDoc types; they are held to the same strictness.
  { name: 'types', command: bun, args: ['check', '--no-script', '--allowJs', '--checkJs'] },
  {
    name: 'types of the server',
    command: bun,
    args: ['check', '--no-script', '-p', 'tsconfig.server.json'],
  },
  { name: 'lint', command: tool('oxlint'), args: ['--type-aware', '--deny-warnings'] },
  { name: 'format', command: tool('oxfmt'), args: ['--check'] },
  { name: 'dead code', command: tool('knip'), args: ['--no-progress', '--no-config-hints'] },
]

/**
 * Runs all checks side by side, and tells of each when it is done; of those that fail also why.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks() {
  process.stderr.write(`Checking ${checks.map(({ name }) => name).join(', ')}.\n`)
  const results = await Promise.all(
    checks.map(async (check) => {
      const { name, ok, output } = await runCheck(check)
      process.stderr.write(ok ? `(pass) check: ${name}\n` : `${output}\n(fail) check: ${name}\n`)
      return ok
    }),
  )
  const passed = results.filter((ok) => ok).length
  return { passed, failed: results.length - passed }
}

/**
 * @param {Check} check
 * @returns {Promise<{ name: string, ok: boolean, output: string }>}
 */
function runCheck({ name, command, args }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (/** @type {string} */ text) => (output += text)
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.on('error', (error) => resolve({ name, ok: false, output: error.message }))
    child.on('close', (code) => resolve({ name, ok: code === 0, output: output.trim() }))
  })
}

/** @param {string} name */
function tool(name) {
  return join(root, 'node_modules', '.bin', name)
}
