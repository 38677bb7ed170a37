/** What happened in a run of several servers, beside what happens with one. */
export interface ServersCounts {
  /** Clients that went to another server. */
  moves: number
  /** Messages of the bus that were lost, and that came twice or late. */
  lost: number
  disordered: number
  /** Times that the bus was away, from all or from one, and that it was deaf. */
  busOutages: number
  deafnesses: number
  failovers: number
  /** Times that one server was cut from the database. */
  databaseCuts: number
  /** Requests that were carried out although they had been given up. */
  ghosts: number
  freezes: number
  deletes: number
  undeletes: number
}

/** Nothing yet. */
export function noServersCounts(): ServersCounts {
  return {
    moves: 0,
    lost: 0,
    disordered: 0,
    busOutages: 0,
    deafnesses: 0,
    failovers: 0,
    databaseCuts: 0,
    ghosts: 0,
    freezes: 0,
    deletes: 0,
    undeletes: 0,
  }
}

/** About a third of what a hundred seeds have brought: less means that the trouble has run dry. */
export const leastOfServers: Readonly<Record<string, number>> = {
  edits: 10_000,
  receipts: 2_000,
  crashes: 55,
  restarts: 15,
  reconnects: 800,
  compactions: 160,
  evictions: 40,
  storeFailures: 590,
  storeHangs: 20,
  checks: 170,
  moves: 490,
  lost: 2_700,
  disordered: 1_800,
  busOutages: 85,
  deafnesses: 34,
  failovers: 30,
  databaseCuts: 70,
  ghosts: 10,
  freezes: 47,
  deletes: 8,
  undeletes: 2,
}
