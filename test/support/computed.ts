/** What this process has computed so far, in milliseconds; a busy machine adds nothing to it. */
export function computedMs(): number {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1_000
}
