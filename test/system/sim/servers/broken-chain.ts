import { Chain } from '../../../../src/room/follow/chain.ts'
import type { Mutation } from './mutation.ts'

/**
 * Breaks a rule of `Chain` in this process, where the mutation is one of its.
 * @returns what mends it
 */
export function breakRule(mutation: Mutation | undefined): () => void {
  // oxlint-disable-next-line typescript/unbound-method -- put back as they were
  const { add, read } = Chain.prototype
  if (mutation === 'trusts-the-bus') {
    Chain.prototype.add = function trusting(link) {
      const isBeside = link.previous.number === this.position.number
      return add.call(this, isBeside ? { ...link, previous: this.position } : link)
    }
  }
  if (mutation === 'trusts-what-is-ahead') {
    Chain.prototype.read = function trusting(rows) {
      const last = rows.at(-1)
      if (last !== undefined && last.number > this.position.number) this.reset(last)
      return true
    }
  }
  return () => {
    Chain.prototype.add = add
    Chain.prototype.read = read
  }
}
