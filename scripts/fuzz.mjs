// `npm run fuzz -- [--seed N] [--minutes M]`: the attacks of test/system/hostile, by a seed.
import { runMain } from './run-main.mjs'

runMain('test', 'system', 'fuzz', 'main.ts')
