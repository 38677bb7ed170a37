import { checkReceipts } from './checks.ts'
import type { SimClient } from './client/client.ts'
import type { Weather } from './store.ts'
import { type People, plainDocument } from './people.ts'
import type { World } from './world.ts'

/** A client that is left alone with what it does. */
type Act = (world: World, client: SimClient) => void

/** What can happen, and how often against the others. */
const acts: readonly (readonly [weight: number, act: Act])[] = [
  [70, (world, client) => world.edit(client)],
  [4, burst],
  [8, (world, client) => world.changePresence(client)],
  [2, cut],
  [4, stall],
  [0.8, flood],
  [1.5, goOffline],
  [0.6, replace],
  [0.5, empty],
  [1, changeWeather],
  [0.8, crash],
  [0.25, restart],
]

/** A few seconds in which everything that can go wrong does. */
export function misbehave(world: World): void {
  const { clock, random } = world
  const end = clock.now() + random.between(1_500, 4_000)
  const paceMs = random.pick([8, 20, 40])
  while (clock.now() < end) {
    clock.advance(random.between(1, 2 * paceMs))
    random.pickWeighted(acts)(world, random.pick([...world.clients]))
  }
  if (random.chance(0.4)) nap(world)
  // Whoever is down comes back by itself.
  clock.advance(downMsMax)
}

/** Everybody leaves a document; rooms close, and some come back in the midst of it. */
function nap(world: World): void {
  const { clock, random } = world
  const name = random.pick(world.documents)
  const someReturn = random.chance(0.5)
  for (const client of world.clients) {
    if (client.name !== name) continue
    client.disconnect()
    const returns = someReturn && random.chance(0.3)
    if (returns) clock.after(random.between(500, 3_500), () => returnTo(world, client))
  }
  clock.advance(random.between(1_500, 3_500))
  if (random.chance(0.3)) crash(world)
}

export function returnTo(world: People, client: SimClient): void {
  if (world.clients.has(client)) client.connect()
}

const downMsMax = 1_500

export function burst(world: People, client: SimClient): void {
  for (let count = world.random.between(5, 15); count > 0; count--) world.edit(client)
}

export function cut(world: People, client: SimClient): void {
  const { random, trace } = world
  const { socket } = client
  if (socket === undefined) return
  trace.counts.cuts++
  if (random.chance(0.4)) return socket.reset()
  // The client may be back long before the server knows that it was gone.
  const clientNoticesMs = random.chance(0.5) ? 1 : random.between(500, 4_000)
  socket.goSilent(clientNoticesMs, random.between(500, 5_000))
}

export function stall(world: People, client: SimClient): void {
  const { clock, random, trace } = world
  const { socket } = client
  if (socket === undefined) return
  trace.counts.stalls++
  socket.stall()
  clock.after(random.between(200, 4_000), () => socket.resume())
}

/** Somebody writes much and reads nothing: what comes back to it piles up. */
export function flood(world: People): void {
  const writers = [...world.clients].filter(({ name }) => name === plainDocument)
  const client = writers.find((one) => one.wantsEchoes) ?? writers[0]
  if (client === undefined) return
  stall(world, client)
  for (let count = world.random.between(25, 60); count > 0; count--) {
    world.trace.counts.edits++
    client.document.getMap('map').set('blob', 'much '.repeat(world.random.between(100, 300)))
  }
}

export function goOffline(world: People, client: SimClient): void {
  const { clock, random } = world
  world.trace.counts.cuts++
  client.disconnect()
  clock.after(random.between(100, 3_000), () => returnTo(world, client))
}

/** Somebody leaves for good and somebody new comes. */
export function replace(world: People, client: SimClient): void {
  world.removeClient(client)
  world.addClient(world.random.pick(world.documents))
}

/** Everybody leaves a document for long enough that its room is closed. */
export function empty(world: People, { name }: SimClient): void {
  const back = world.random.between(800, 3_500)
  for (const client of world.clients) {
    if (client.name !== name) continue
    client.disconnect()
    world.clock.after(back + world.random.between(0, 100), () => returnTo(world, client))
  }
}

function changeWeather(world: World): void {
  const { clock, disk, random, trace } = world
  if (disk.weather !== 'fine') return
  const weather: Weather = random.pick(['failing', 'hanging'])
  if (weather === 'hanging') trace.counts.storeHangs++
  disk.weather = weather
  clock.after(random.between(100, 2_500), () => {
    disk.weather = 'fine'
  })
}

function crash(world: World): void {
  if (!world.serverUp) return
  world.killServer()
  checkReceipts(world, 'after a crash')
  world.clock.after(world.random.between(1, downMsMax), () => world.startServer())
}

function restart(world: World): void {
  if (!world.serverUp) return
  world.stopServer(() => {
    checkReceipts(world, 'after a restart')
    world.startServer()
  })
}
