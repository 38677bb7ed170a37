// `npm run bench:editor [-- PARAGRAPHS]`: opening and typing in a long document, in Chromium.
import { runMain } from './run-main.mjs'

runMain('bench', 'editor.ts')
