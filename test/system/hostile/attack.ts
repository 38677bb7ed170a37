import type { Random } from '../sim/random.ts'
import type { Victim } from './attacker.ts'

/** One kind of hostility, as often as somebody wants it. */
export interface Attack {
  readonly name: string
  /** One round of it; resolves when the server has had it all. */
  run(victim: Victim, random: Random): Promise<void>
}
