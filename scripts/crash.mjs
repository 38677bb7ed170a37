// `npm run test:crash -- [--rounds N] [--seed N]`: kills real servers under the load of real
// clients, 100 times unless told otherwise, and looks at the disk after each (test/system/crash).
import { runMain } from './run-main.mjs'

runMain('test', 'system', 'crash', 'main.ts')
