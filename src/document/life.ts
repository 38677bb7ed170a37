import type { UpdateScan } from '../update/scan.ts'
import { readStateVector } from '../update/clocks/vector.ts'

/** Which life of its name a server's copy is of. */
export interface Life {
  /** The store's fencing number; undefined takes the document as it is. */
  readonly epoch: number | undefined
  /** Names the life, the same on every server of a store. */
  readonly incarnation: string
  /** The clients of former lives, which were purged, and how far they had come. */
  readonly dead: ReadonlyMap<number, number>
}

/** Of a copy that no store knows. */
export const noLife: Life = { epoch: undefined, incarnation: '', dead: new Map() }

/** The life of what is stored. */
export function lifeOf(stored: {
  readonly epoch: number
  readonly incarnation: string
  readonly dead: Uint8Array | undefined
}): Life {
  const { dead, epoch, incarnation } = stored
  if (dead === undefined) return { epoch, incarnation, dead: noLife.dead }
  const reading = readStateVector(dead, Infinity)
  return { epoch, incarnation, dead: reading.kind === 'vector' ? reading.clocks : noLife.dead }
}

/**
 * Whether the scanned update comes from a copy of a former life: a client of then wrote in it, goes
 * on in it, or is deleted from. Whoever begins anew has another client id.
 */
export function isOfFormerLife(scan: UpdateScan, { dead }: Life): boolean {
  if (dead.size === 0) return false
  for (let index = 0; index < scan.runCount; index++) {
    if (dead.has(scan.run(index).client)) return true
  }
  for (let index = 0; index < scan.deleteCount; index++) {
    if (dead.has(scan.deleteRange(index).client)) return true
  }
  for (let index = 0; index < scan.dependencyCount; index++) {
    if (dead.has(scan.dependency(index).client)) return true
  }
  return false
}
