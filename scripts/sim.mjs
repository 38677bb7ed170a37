// `npm run sim -- [--seed N] [--seeds N] [--minutes M]`: the seeded simulation of test/system/sim.
// `--seed N` alone repeats that seed and tells its trace; with `--seeds` or `--minutes` it is the
// first of many.
import { runMain } from './run-main.mjs'

runMain('test', 'system', 'sim', 'main.ts')
