/** What happened in a run, by kind. */
export interface Counts {
  rounds: number
  /** Tokens written or taken back. */
  edits: number
  /** Edits that the server has called saved. */
  receipts: number
  /** Kills while edits of that round were made and not yet called saved. */
  killsInFlight: number
  killsInCompaction: number
  killsInEviction: number
  /** Kills of a server that had been told to leave. */
  killsInLeaving: number
  /** Further kills, of servers that had hardly begun. */
  killsAtStart: number
  /** Documents opened by a fresh client after a crash. */
  documentsOpened: number
  /** Books compared with the disk after a crash. */
  checks: number
}

export function noCounts(): Counts {
  return {
    rounds: 0,
    edits: 0,
    receipts: 0,
    killsInFlight: 0,
    killsInCompaction: 0,
    killsInEviction: 0,
    killsInLeaving: 0,
    killsAtStart: 0,
    documentsOpened: 0,
    checks: 0,
  }
}

/** What came about less often than so many rounds should bring, one sentence each. */
export function tooLittle(counts: Counts): readonly string[] {
  return Object.entries(leastPerTenRounds).flatMap(([what, least]) => {
    const wanted = Math.floor((least * counts.rounds) / 10)
    const count = counts[what as keyof Counts]
    return count < wanted ? [`${what}: ${count}, and ${wanted} at least were due`] : []
  })
}

/** About a third of what ten rounds have brought; the kills inside something are exact. */
const leastPerTenRounds: Readonly<Record<keyof Counts, number>> = {
  rounds: 10,
  edits: 1_000,
  receipts: 500,
  killsInFlight: 6,
  killsInCompaction: 2,
  killsInEviction: 2,
  killsInLeaving: 1,
  killsAtStart: 3,
  documentsOpened: 20,
  checks: 50,
}
