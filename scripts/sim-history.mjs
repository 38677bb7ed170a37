// `npm run sim:history -- [--seed N] [--seeds N]`: random documents; each version is folded
// back, restored, and compared with others.
import { runMain } from './run-main.mjs'

runMain('test', 'system', 'sim', 'history', 'main.ts')
