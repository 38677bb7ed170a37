import process from 'node:process'
import { aptInstall, isProgram, onPath } from './programs.mjs'

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome-headless-shell',
]

/**
 * The path of a Chromium on this machine: the one `CHROMIUM_PATH` names, else the first on PATH.
 *
 * @returns {string | undefined} undefined when there is none
 */
function findChromium() {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') return isProgram(named) ? named : undefined
  return names.map(onPath).find((path) => path !== undefined)
}

/**
 * Finds a Chromium, else installs one where that is possible without asking: as root, with apt.
 *
 * @returns {string} its path
 * @throws {Error} one line that says what is missing and how to get it
 */
export function ensureChromium() {
  const found = findChromium()
  if (found !== undefined) return found
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') {
    throw new Error(`CHROMIUM_PATH names ${named}, which is no program; correct it.`)
  }
  aptInstall('chromium', 'set CHROMIUM_PATH to a Chromium or Chrome')
  const path = findChromium()
  if (path !== undefined) return path
  throw new Error('apt-get has installed no Chromium; set CHROMIUM_PATH to a Chromium or Chrome.')
}
