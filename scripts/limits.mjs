// `npm run limits`: writes the table of limits in docs/operating.md as the code has it.
import { runMain } from './run-main.mjs'

runMain('test', 'project', 'docs', 'write-limits.ts')
