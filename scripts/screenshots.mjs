// `npm run screenshots -- [--only WORD]`: takes pictures of every state of the pages and the
// element, at 360 and 1440 pixels, light, dark and in forced colors, into test/screenshots, for
// people to look at (test/system/pictures).
import { runMain } from './run-main.mjs'

runMain('test', 'system', 'pictures', 'main.ts')
