import { Gate } from '../../test/support/harness/gate.ts'
import { type Place, places, type Stage } from './stage.ts'

const checkMs = 1_000
/** So many bad answers one after the other, and nobody new is sent there. */
const fall = 2

/**
 * A load balancer in front of two servers: clients have a favourite, and get the other one when it
 * refuses them, has been taken out, or says that it is not ready. Sessions that stand are left.
 */
export class Balancer {
  readonly #stage: Stage
  readonly #fronts: Gate[] = []
  readonly #out = new Set<Place>()
  readonly #bad: [number, number] = [0, 0]
  #checks: Timer | undefined

  private constructor(stage: Stage) {
    this.#stage = stage
  }

  static async start(stage: Stage): Promise<Balancer> {
    const balancer = new Balancer(stage)
    for (const place of places) {
      balancer.#fronts.push(await Gate.open(() => balancer.#targets(place)))
    }
    balancer.#checks = setInterval(() => void balancer.#check(), checkMs)
    return balancer
  }

  /** Where clients of that favourite connect. */
  url(favourite: Place): string {
    return `ws://127.0.0.1:${this.#fronts[favourite]?.port ?? 0}`
  }

  /** Sends nobody new there, as before a server is ended on purpose. */
  takeOut(place: Place): void {
    this.#out.add(place)
  }

  putBack(place: Place): void {
    this.#out.delete(place)
  }

  close(): void {
    clearInterval(this.#checks)
    for (const front of this.#fronts) front.stop()
  }

  #targets(favourite: Place): readonly number[] {
    const order: readonly Place[] = favourite === 0 ? [0, 1] : [1, 0]
    const running = order.filter((place) => this.#stage.isUp(place) && !this.#out.has(place))
    const good = running.filter((place) => this.#bad[place] < fall)
    return (good.length > 0 ? good : running).map((place) => this.#stage.at(place).port)
  }

  async #check(): Promise<void> {
    const path = this.#stage.kind.readyPath
    if (path === undefined) return
    for (const place of places) {
      if (!this.#stage.isUp(place)) continue
      const url = `${this.#stage.at(place).http}${path}`
      const answer = await fetch(url, { signal: AbortSignal.timeout(checkMs) }).catch(() => ({
        ok: false,
      }))
      this.#bad[place] = answer.ok ? 0 : this.#bad[place] + 1
    }
  }
}
