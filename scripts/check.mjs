// `npm run check`: types, lint, format and dead code; installs first what is missing.
import { runChecks } from './testing/checks.mjs'
import { ensureInstalled } from './install.mjs'

try {
  ensureInstalled()
  const { failed } = await runChecks()
  process.exitCode = failed === 0 ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
