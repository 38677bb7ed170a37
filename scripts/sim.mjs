// `npm run sim -- [--servers] [--seed N] [--seeds N] [--minutes M]`: the seeded simulation of
// test/system/sim, of one server or of several. `--seed N` alone repeats that seed and tells its
// trace; with `--seeds` or `--minutes` it is the first of many.
import { runMain } from './run-main.mjs'

runMain('test', 'system', 'sim', 'main.ts')
