// `npm run fuzz -- [--seed N] [--minutes M]`: the attacks of test/hostile, drawn from a seed.
import { runMain } from './run-main.mjs'

runMain('test', 'fuzz', 'main.ts')
