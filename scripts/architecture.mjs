// `npm run architecture`: writes the table of imports in ARCHITECTURE.md as the tests enforce it.
import { runMain } from './run-main.mjs'

runMain('test', 'project', 'house', 'write-architecture.ts')
