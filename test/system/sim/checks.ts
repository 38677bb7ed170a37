import * as Y from 'yjs'
import type { Stored } from '../../../persistence/store.ts'
import type { SimClient } from './client/client.ts'
import type { People } from './people.ts'

/** What is checked: clients, what they were told, and what is stored. */
type Checked = Pick<People, 'acknowledged' | 'clients' | 'documents' | 'trace'> & {
  readonly disk: { read(name: string): Pick<Stored, 'log' | 'snapshot'> }
}

const stepMs = 250

/**
 * Waits, once nothing fails any more, until all is well, and then checks the store as well.
 * @param meanwhile what has to be done again and again for all to come right
 */
export function checkQuiet(
  world: Checked & Pick<People, 'addClient' | 'clock'>,
  when: string,
  quietMsMax: number,
  meanwhile?: () => void,
): void {
  const { clock, trace } = world
  const givenUpAt = clock.now() + quietMsMax
  // Somebody who opens the document now must get all of it, on whichever server.
  clock.advance(stepMs)
  for (const name of world.documents) world.addClient(name)
  let unrest = findUnrest(world)
  while (unrest.length > 0 && clock.now() < givenUpAt) {
    clock.advance(stepMs)
    meanwhile?.()
    unrest = findUnrest(world)
  }
  for (const sentence of unrest) trace.violate(`${when}: ${sentence}`)
  // What is relayed is on its way to the disk; a hole in memory must not hide one there.
  clock.advance(1_000)
  if (unrest.length === 0) checkStored(world)
  checkReceipts(world, when)
}

/** What is not as it must be once nothing fails any more; empty when all is well. */
function findUnrest(world: Checked): readonly string[] {
  return world.documents.flatMap((name) => {
    const clients = [...world.clients].filter((client) => client.name === name)
    // Cheap looks first: quiet is looked for often.
    for (const look of [absences, gaps, presenceGaps, differences]) {
      const found = look(clients)
      if (found.length > 0) return found
    }
    return []
  })
}

/**
 * Every update that was confirmed must be in the store: read as a server that starts afresh would,
 * adding it once more changes nothing.
 */
export function checkReceipts(world: Checked, when: string): void {
  for (const [name, updates] of world.acknowledged) {
    const stored = loadStored(world, name)
    const before = Y.encodeStateAsUpdate(stored)
    stored.transact(() => {
      for (const update of updates) Y.applyUpdate(stored, update)
    })
    world.trace.counts.checks++
    if (!Buffer.from(before).equals(Y.encodeStateAsUpdate(stored))) {
      world.trace.violate(`${when}: the store of ${name} lacks confirmed updates`)
    }
  }
}

/** Every connected client and the store must have the same document. */
function checkStored(world: Checked): void {
  for (const name of world.documents) {
    const client = [...world.clients].find((one) => one.name === name)
    if (client === undefined) continue
    const stored = loadStored(world, name)
    if (formOf(stored) !== formOf(client.document)) {
      world.trace.violate(`the store of ${name} differs from what its clients have`)
    }
  }
}

function loadStored(world: Checked, name: string): Y.Doc {
  const { snapshot, log } = world.disk.read(name)
  const document = new Y.Doc()
  document.transact(() => {
    if (snapshot !== undefined) Y.applyUpdate(document, snapshot)
    for (const { bytes } of log) Y.applyUpdate(document, bytes)
  })
  return document
}

function absences(clients: readonly SimClient[]): readonly string[] {
  const away = clients.filter((client) => !client.synced)
  return away.map((client) => `client ${client.clientId} is not connected`)
}

function gaps(clients: readonly SimClient[]): readonly string[] {
  return unequal(clients, ({ document }) => {
    const clocks = [...Y.decodeStateVector(Y.encodeStateVector(document))]
    return clocks.toSorted(([left], [right]) => left - right).join(' ')
  })
}

function differences(clients: readonly SimClient[]): readonly string[] {
  return unequal(clients, ({ document }) => formOf(document))
}

function unequal(
  clients: readonly SimClient[],
  measure: (client: SimClient) => string,
): readonly string[] {
  const [first] = clients
  if (first === undefined) return []
  const measured = measure(first)
  return clients
    .filter((client) => measure(client) !== measured)
    .map((client) => differs(client, first))
}

function differs(client: SimClient, first: SimClient): string {
  return `client ${client.clientId} differs from client ${first.clientId} in ${client.name}`
}

/** Everybody sees exactly those who are here, with what they show. */
function presenceGaps(clients: readonly SimClient[]): readonly string[] {
  const shown = clients.flatMap((client) => {
    const state = client.awareness.getLocalState()
    return state === null ? [] : [`${client.clientId} ${JSON.stringify(state)}`]
  })
  const expected = shown.toSorted().join(', ')
  return clients.flatMap((client) => {
    const seen = [...client.awareness.getStates()].map(
      ([id, state]) => `${id} ${JSON.stringify(state)}`,
    )
    const list = seen.toSorted().join(', ')
    return list === expected ? [] : [`client ${client.clientId} sees ${list} and not ${expected}`]
  })
}

function formOf(document: Y.Doc): string {
  return Buffer.from(Y.encodeStateAsUpdate(document)).toString('base64')
}
