import { Attribution } from './attribution.ts'
import { diffOf } from './diff.ts'
import { attributionAsJson, diffAsHtml, diffAsJson } from './diff-told.ts'
import { stateOfChain } from './increment.ts'
import { memoryFault } from '../memory.ts'
import type { CompareRequest, Compared, ComparedSide } from '../request.ts'
import { stateOf } from './restore.ts'

/** Tells what became of a root between two states, or who wrote what is there. */
export function compare(request: CompareRequest): Compared {
  const { context, form, memoryBytesMax, now, old, root, stored } = request
  const [from, to] = [updatesOf(old), updatesOf(now)]
  const tooMuch = memoryFault([...from, ...to], memoryBytesMax)
  if (tooMuch !== undefined) return { kind: 'given-up', reason: tooMuch }
  const before = old.kind === 'empty' ? undefined : stateOf(from)
  const roots = diffOf(before, stateOf(to), Attribution.of(stored))
  const names = [...roots.keys()]
  const [only] = names.length === 1 ? names : []
  const diff = roots.get(root ?? only ?? '')
  if (diff === undefined) return { kind: 'ambiguous', roots: names }
  switch (form) {
    case 'json':
      return { kind: 'told', text: diffAsJson(diff, context) }
    case 'html':
      return { kind: 'told', text: diffAsHtml(diff) }
    case 'attribution':
      return { kind: 'told', text: attributionAsJson(diff) }
  }
}

function updatesOf(side: ComparedSide): readonly Uint8Array[] {
  switch (side.kind) {
    case 'empty':
      return []
    case 'version':
      return [stateOfChain(side.chain)]
    case 'now':
      return side.updates
  }
}
