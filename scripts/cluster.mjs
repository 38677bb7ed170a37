// `npm run test:cluster -- [--rounds N]`: two real servers, PostgreSQL and Redis, and what is done
// to them under the load of real clients, 100 rounds unless told otherwise (test/system/cluster).
import { runMain } from './run-main.mjs'

runMain('test', 'system', 'cluster', 'main.ts')
