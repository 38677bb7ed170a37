// `npm run story`: two people and a guest through a whole story, with a log and pictures.
import { runMain } from './run-main.mjs'

runMain('test', 'system', 'story', 'main.ts')
