import { burst, cut, empty, flood, goOffline, replace, returnTo, stall } from '../chaos.ts'
import { checkReceipts } from '../checks.ts'
import type { SimClient } from '../client/client.ts'
import type { Weather } from '../store.ts'
import type { ServersWorld } from './world.ts'

/** A client that is left alone with what it does. */
type Act = (world: ServersWorld, client: SimClient) => void

/** What can happen, and how often against the others. */
const acts: readonly (readonly [weight: number, act: Act])[] = [
  [70, (world, client) => world.edit(client)],
  [4, burst],
  [8, (world, client) => world.changePresence(client)],
  [2, cut],
  [3, stall],
  [0.5, flood],
  [1.5, goOffline],
  [0.6, leave],
  [0.5, empty],
  [4, move],
  [0.7, changeWeather],
  [1, cutFromDatabase],
  [0.8, crash],
  [0.25, restart],
  [0.5, loseBus],
  [0.8, cutFromBus],
  [0.5, deafen],
  [0.7, freeze],
  [0.3, turnCalendar],
  [0.7, failOver],
  [0.7, deleteDocument],
]
/** Whoever is down, cut off or frozen for longer is no other case. */
const troubleMsMax = 2_500

/** A few seconds in which everything that can go wrong does. */
export function misbehave(world: ServersWorld): void {
  const { clock, random } = world
  world.network.badness = {
    lost: random.pick([0.01, 0.05, 0.3, 1]),
    doubled: random.pick([0, 0.05, 0.3]),
    late: random.pick([0.01, 0.1, 0.5]),
  }
  const end = clock.now() + random.between(1_500, 4_000)
  const paceMs = random.pick([8, 20, 40])
  while (clock.now() < end && world.trace.violations.length === 0) {
    clock.advance(random.between(1, 2 * paceMs))
    random.pickWeighted(acts)(world, random.pick([...world.clients]))
    checkDeleted(world)
  }
  // Whoever is down comes back by itself.
  clock.advance(troubleMsMax)
}

/** What is deleted stays as it was. */
export function checkDeleted(world: ServersWorld): void {
  const { disk, mortal } = world
  if (mortal === undefined || !disk.isDeleted(mortal)) return
  if (disk.newest(mortal) !== disk.newestAtDelete(mortal)) {
    world.trace.violate(`something was written into ${mortal} after it was deleted`)
  }
}

function later(world: ServersWorld, act: () => void): void {
  world.clock.after(world.random.between(50, troubleMsMax), act)
}

function pickServer({ random, servers }: ServersWorld): number {
  return random.between(0, servers.length - 1)
}

/** What only somebody has who has left cannot be given back to a store that has lost it. */
function leave(world: ServersWorld, client: SimClient): void {
  if (!world.hasFailovers) replace(world, client)
}

/** To another server, with or without a word, or there as well before the old socket is gone. */
function move(world: ServersWorld, client: SimClient): void {
  const { random } = world
  world.sendElsewhere(client.clientId)
  if (random.chance(0.3)) return client.socket?.goSilent(1, random.between(500, 5_000))
  if (random.chance(0.5)) return client.socket?.reset()
  client.disconnect()
  world.clock.after(random.between(0, 20), () => returnTo(world, client))
}

function changeWeather(world: ServersWorld): void {
  const { disk, random, trace } = world
  if (disk.weather !== 'fine') return
  const weather: Weather = random.pick(['failing', 'hanging'])
  if (weather === 'hanging') trace.counts.storeHangs++
  disk.weather = weather
  later(world, () => {
    disk.weather = 'fine'
  })
}

function cutFromDatabase(world: ServersWorld): void {
  const store = world.servers[pickServer(world)]?.store
  if (store === undefined) return
  world.happened.databaseCuts++
  store.weather = world.random.pick(['failing', 'hanging'])
  later(world, () => {
    store.weather = 'fine'
  })
}

function crash(world: ServersWorld): void {
  const place = pickServer(world)
  if (world.servers[place] === undefined) return
  world.killServer(place)
  checkUnlessLost(world, 'after a crash')
  later(world, () => world.startServer(place))
}

function restart(world: ServersWorld): void {
  const place = pickServer(world)
  if (world.servers[place] === undefined) return
  world.stopServer(place, () => {
    checkUnlessLost(world, 'after a restart')
    world.startServer(place)
  })
}

/** What a failover has taken is there again only when everybody is back. */
function checkUnlessLost(world: ServersWorld, when: string): void {
  if (world.disk.generation === 0) checkReceipts(world, when)
}

function loseBus(world: ServersWorld): void {
  const { network } = world
  if (!network.isUp) return
  world.happened.busOutages++
  network.turn(false)
  later(world, () => network.turn(true))
}

function cutFromBus(world: ServersWorld): void {
  const bus = world.servers[pickServer(world)]?.bus
  if (bus === undefined) return
  world.happened.busOutages++
  bus.cut(true)
  later(world, () => bus.cut(false))
}

function deafen(world: ServersWorld): void {
  const bus = world.servers[pickServer(world)]?.bus
  if (bus === undefined) return
  world.happened.deafnesses++
  bus.isDeaf = true
}

/** The clock of a server jumps: its machine was suspended. */
function freeze(world: ServersWorld): void {
  const clock = world.servers[pickServer(world)]?.clock
  if (clock === undefined) return
  world.happened.freezes++
  clock.freeze()
  later(world, () => clock.thaw())
}

/** Somebody sets the date of a server. */
function turnCalendar({ calendars, random }: ServersWorld): void {
  const place = random.between(0, calendars.length - 1)
  calendars[place] = random.between(-86_400_000, 86_400_000)
}

function failOver(world: ServersWorld): void {
  if (!world.hasFailovers) return
  world.happened.failovers++
  world.trace.note('fails over', world.clock.now())
  world.disk.failover(world.random.pick([1, 1, 2, 3, 8]))
}

function deleteDocument(world: ServersWorld, client: SimClient): void {
  const { disk, mortal, servers, trace } = world
  const server = servers[pickServer(world)]?.server
  if (mortal === undefined || server === undefined || disk.isDeleted(mortal)) return
  world.happened.deletes++
  trace.note('deletes', world.clock.now())
  // It may be away, or the database: then the answer is an error, and perhaps it was done.
  server.documents.delete(mortal).catch(() => undefined)
  if (world.random.chance(0.5)) world.edit(client)
  later(world, () => undelete(world, mortal))
}

function undelete(world: ServersWorld, mortal: string): void {
  if (!world.random.chance(0.6)) return
  checkDeleted(world)
  if (!world.disk.undelete(mortal)) return
  world.happened.undeletes++
  for (const client of world.clients) if (client.name === mortal) client.connect()
}
