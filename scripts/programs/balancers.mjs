import { aptInstall, onPath } from './programs.mjs'

/**
 * Finds a load balancer, else installs it where that is possible without asking: as root, with apt.
 *
 * @param {'caddy' | 'haproxy' | 'nginx'} name
 * @returns {string} its path
 * @throws {Error} one line that says what is missing and how to get it
 */
export function ensureBalancer(name) {
  const otherwise = `put ${name} on PATH`
  const found = onPath(name)
  if (found !== undefined) return found
  aptInstall(name, otherwise)
  const installed = onPath(name)
  if (installed !== undefined) return installed
  throw new Error(`apt-get has installed no ${name}: ${otherwise}`)
}
