import { aptInstall, onPath } from './programs.mjs'

const otherwise = 'put redis-server on PATH'

/**
 * Finds Redis, else installs it where that is possible without asking: as root, with apt.
 *
 * @returns {string} the path of redis-server
 * @throws {Error} one line that says what is missing and how to get it
 */
export function ensureRedis() {
  const found = onPath('redis-server')
  if (found !== undefined) return found
  aptInstall('redis-server', otherwise)
  const installed = onPath('redis-server')
  if (installed !== undefined) return installed
  throw new Error(`apt-get has installed no redis-server: ${otherwise}`)
}
