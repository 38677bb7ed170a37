// `npm run costs -- [PART-OF-A-NAME]`: what messages of every shape cost a document, beside typing.
import { runMain } from './run-main.mjs'

runMain('bench', 'costs.ts')
