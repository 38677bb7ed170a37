import type { Place, Stage } from './stage.ts'

/** What is done to the cluster while people type. */
export const faultKinds = [
  'kill a server',
  'kill Redis',
  'kill a server and Redis',
  'restart PostgreSQL',
  'cut the bus again and again',
  'freeze Redis',
  'move everybody',
  'cut a server from PostgreSQL',
  'cut a server from Redis',
  'cut the clients',
  'restart a server',
] as const

export type FaultKind = (typeof faultKinds)[number]

/** Does it; resolves when everything is there again. @param move has all clients change servers */
export async function act(
  stage: Stage,
  kind: FaultKind,
  victim: Place,
  move: () => void,
): Promise<void> {
  const { postgres, redis } = stage
  await Bun.sleep(400)
  switch (kind) {
    case 'kill a server':
      await stage.end(victim, 'SIGKILL')
      await Bun.sleep(300)
      return stage.start(victim)
    case 'kill Redis':
      await redis.kill()
      await Bun.sleep(1_000)
      return redis.start()
    case 'kill a server and Redis':
      await Promise.all([stage.end(victim, 'SIGKILL'), redis.kill()])
      await redis.start()
      return stage.start(victim)
    case 'restart PostgreSQL':
      return postgres.restart()
    case 'cut the bus again and again':
      for (let cut = 0; cut < 8; cut++) {
        await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
        await Bun.sleep(150)
      }
      return
    case 'freeze Redis':
      redis.pause()
      await Bun.sleep(1_500)
      return redis.resume()
    case 'move everybody':
      move()
      await Bun.sleep(600)
      return move()
    case 'cut a server from PostgreSQL':
    case 'cut a server from Redis': {
      const { bus, store } = stage.ways(victim)
      const way = kind === 'cut a server from Redis' ? bus : store
      way.set('cut')
      await Bun.sleep(1_500)
      return way.set('open')
    }
    case 'cut the clients':
      for (let cut = 0; cut < 4; cut++) {
        stage.ways(victim).clients.drop()
        await Bun.sleep(400)
      }
      return
    case 'restart a server':
      await stage.end(victim, 'SIGTERM')
      return stage.start(victim)
  }
}
