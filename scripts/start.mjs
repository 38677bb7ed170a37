// `npm start -- ...args`: serves; installs first what is missing.
import { runYtopic } from './run-ytopic.mjs'

runYtopic(['serve', ...process.argv.slice(2)])
