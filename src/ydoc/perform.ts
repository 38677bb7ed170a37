import { packedAttribution } from './history/attribution.ts'
import { compare } from './history/compare.ts'
import { editStored, lookAt, readStored, tellStored } from './content/convert.ts'
import { joinNeighbours, keep, stateOfChain } from './history/increment.ts'
import type { Markup } from './markup/needed.ts'
import { unpack } from './packed.ts'
import type { Answer, Request } from './request.ts'
import { restore } from './history/restore.ts'

/** What is asked of a thread but folding. */
type OtherRequest = Exclude<Request, { readonly kind: 'fold' }>

/** Does what was asked for. */
export async function perform(request: OtherRequest): Promise<Answer> {
  const markup = await markupFor(request)
  const { kind } = request
  switch (kind) {
    case 'keep':
      return { kind, value: keep(request) }
    case 'restore': {
      const { chain, memoryBytesMax, now } = request
      return { kind, value: restore(now, chain.map(unpack), memoryBytesMax) }
    }
    case 'state':
      return { kind, value: stateOfChain(request.chain) }
    case 'compare':
      return { kind, value: compare(request) }
    case 'attribute':
      return { kind, value: packedAttribution(request.stored) }
    case 'look':
      return { kind, value: lookAt(request) }
    case 'read':
      return { kind, value: readStored(request, markup) }
    case 'edit':
      return { kind, value: editStored(request, markup) }
    case 'threads':
      return { kind, value: tellStored(request) }
    case 'join':
      return { kind, value: joinNeighbours(request.neighbours, request.form) }
  }
}

/** The parsers are loaded when they are first needed. */
async function markupFor(request: OtherRequest): Promise<Markup | undefined> {
  const asked =
    request.kind === 'read' ? request.wish : request.kind === 'edit' ? request.change : undefined
  const format = asked !== undefined && 'format' in asked ? asked.format : undefined
  return format === 'markdown' || format === 'html' ? import('./markup/markup.ts') : undefined
}
