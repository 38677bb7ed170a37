// `npm run check`: types, lint, format and dead code; installs first what is missing.
import { runChecks } from './checks.mjs'
import { ensureInstalled } from './install.mjs'

ensureInstalled()
const { failed } = await runChecks()
process.exitCode = failed === 0 ? 0 : 1
