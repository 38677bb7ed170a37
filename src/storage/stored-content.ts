import { RefusalError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import { inSlices } from '../base/slices.ts'
import { formatLimits } from '../update/fault.ts'
import { UpdateScan } from '../update/scan.ts'
import { UpdateParts } from '../update/section.ts'
import { ClientGroups } from '../update/clocks/client-groups.ts'
import { writeClocks } from '../update/clocks/vector.ts'
import { ServerDocument } from '../document/document.ts'
import { lifeOf } from '../document/life.ts'
import type { Stored } from '../../persistence/store.ts'
import { lostSnapshot, partsOf } from './fold-stored.ts'

interface ContentParts {
  readonly clock: Clock
  readonly limits: Limits
}

/**
 * What is stored of a document as updates that are applied in their order.
 * @throws RefusalError `document-damaged` where the rest of it must not be taken for all of it
 */
export function contentOf(stored: Stored): readonly Uint8Array[] {
  if (lostSnapshot(stored)) throw new RefusalError('document-damaged')
  return partsOf(stored)
}

/**
 * The whole state as one update, joined without Yjs and not put together: most of it lies where it
 * was stored.
 * @throws RefusalError `document-damaged`
 */
export async function stateOf(parts: ContentParts, stored: Stored): Promise<UpdateParts> {
  const content = contentOf(stored)
  if (content.length === 1) return new UpdateParts(content)
  const copy = await copyOf(parts, stored)
  await inSlices(parts.clock, prepared(copy))
  const whole = copy.describe(Uint8Array.of(0))
  if (typeof whole === 'string') throw new RefusalError('document-damaged', whole)
  return whole.update
}

function* prepared(copy: ServerDocument): Generator<number, void> {
  while (!copy.prepare(sliceBytes)) yield sliceBytes * byteSteps
}

/**
 * By which clients a life is known for good once it is purged: all that wrote in it, and in those
 * before it. See `Store.purge`.
 */
export async function deadClocks({ clock }: ContentParts, stored: Stored): Promise<Uint8Array> {
  const clocks = new Map(lifeOf(stored).dead)
  await inSlices(clock, noteEnds(partsOf(stored), clocks))
  const groups = new ClientGroups((clients) => writeClocks(clocks, clients))
  await inSlices(clock, writeAll(groups, clocks))
  return groups.encode()
}

const sliceBytes = 64 * 1_024
/** What a byte, and a run that was found, take, in steps of a slice. */
const byteSteps = 1 / 128
const runSteps = 1 / 16
/** Runs that are gone through at a time. */
const runsMost = 1_024
const clientsWrittenMax = 2_048

/** What does not read is left out: it was named when it was found. */
function* noteEnds(
  updates: readonly Uint8Array[],
  clocks: Map<number, number>,
): Generator<number, void> {
  const scan = new UpdateScan('clocks')
  for (const update of updates) {
    scan.begin(update, formatLimits)
    while (!scan.goOn(sliceBytes)) yield sliceBytes * byteSteps
    if (scan.fault !== undefined) continue
    for (let index = 0; index < scan.runCount; index++) {
      const { client, end } = scan.run(index)
      clocks.set(client, Math.max(end, clocks.get(client) ?? 0))
      if (index % runsMost === 0) yield runsMost * runSteps
    }
  }
}

function* writeAll(
  groups: ClientGroups,
  clocks: ReadonlyMap<number, number>,
): Generator<number, void> {
  for (const client of clocks.keys()) {
    groups.add(client)
    yield runSteps
  }
  while (!groups.prepare(clientsWrittenMax)) yield clientsWrittenMax * runSteps
}

/**
 * Looks whether an update may be the first of a document, before there is one: what is refused is
 * to leave none behind.
 * @param stored what there is of its name, such as what is known of former lives
 * @throws RefusalError as a room that is offered it
 */
export function checkFirst(limits: Limits, stored: Stored, update: Uint8Array): void {
  const document = new ServerDocument(limits, lifeOf(stored))
  const asGiven = document.inspect(update)
  const inOrder = asGiven.kind === 'sound' ? undefined : document.regular(asGiven, update, 0)
  const found = inOrder === undefined ? asGiven : document.inspect(inOrder)
  if (found.kind !== 'sound') throw new RefusalError('bad-update', found.sentence)
  if (document.isOfFormerLife(found)) throw new RefusalError('document-deleted')
  if (update.length > limits.document_bytes_max) throw new RefusalError('document-full')
  const trespass = document.trespass(found)
  if (trespass !== undefined) throw new RefusalError('bad-update', trespass)
  const excess = document.additions.excess(found)
  if (excess !== undefined) throw new RefusalError(excess)
}

/** A copy that nobody else sees. */
async function copyOf({ clock, limits }: ContentParts, stored: Stored): Promise<ServerDocument> {
  const document = new ServerDocument(limits, lifeOf(stored))
  const fault = await inSlices(clock, document.load(stored.snapshot, stored.log))
  if (fault !== undefined) throw new RefusalError('document-damaged', fault)
  return document
}
