import type { Change, Edited, Looked, ReadContent, ReadWish, Unfit } from './content-wish.ts'
import { TooDeepError, UnfitError } from './content-wish.ts'
import { changeComments } from '../comments/change-comments.ts'
import { intentJson, threadsJson } from '../comments/tell-comments.ts'
import { edit, updateBy } from './edit.ts'
import type { ConversionSettings } from './content-options.ts'
import { digestOf, documentOf } from '../look.ts'
import { type Reading, readContent } from './read.ts'
import type { Markup } from '../markup/needed.ts'
import { rootsOf } from '../roots.ts'

interface Stored {
  readonly parts: readonly Uint8Array[]
  readonly settings: ConversionSettings
}

/** What a document holds, without its content. */
export function lookAt({ parts, settings }: Stored): Looked | Unfit {
  return orUnfit(settings, () => {
    const doc = documentOf(parts, settings.memoryBytesMax)
    return { kind: 'looked', digest: digestOf(doc), roots: rootsOf(doc, settings.roots) }
  })
}

/** A document's content in one of the forms. */
export function readStored(
  { parts, settings, wish }: Stored & { readonly wish: ReadWish },
  formats: Markup | undefined,
): ReadContent | Unfit {
  return orUnfit(settings, () => {
    const doc = documentOf(parts, settings.memoryBytesMax)
    const digest = digestOf(doc)
    const text = readContent(doc, wish, readingOf(settings, formats))
    return { kind: 'read', digest, bytes: new TextEncoder().encode(text) }
  })
}

/** The threads of a document of comments. */
export function tellStored({
  parts,
  resolved,
  settings,
}: Stored & { readonly resolved: boolean | undefined }): string | Unfit {
  return orUnfit(settings, () => threadsJson(documentOf(parts, settings.memoryBytesMax), resolved))
}

/** The update that changes a document. */
export function editStored(
  {
    change,
    clientId,
    parts,
    settings,
  }: Stored & { readonly change: Change; readonly clientId: number },
  formats: Markup | undefined,
): Edited | Unfit {
  return orUnfit(settings, () => {
    const doc = documentOf(parts, settings.memoryBytesMax)
    doc.clientID = clientId
    if (change.kind !== 'comments') {
      return { kind: 'edited', update: edit(doc, change, readingOf(settings, formats)) }
    }
    const update = updateBy(doc, () => changeComments(doc, change))
    return { kind: 'edited', update, told: intentJson(doc, change.intent) }
  })
}

/** What nests too deep for the stack is the fault of the content, not of ours. */
function orUnfit<Value>({ depthMax }: ConversionSettings, make: () => Value): Value | Unfit {
  try {
    return make()
  } catch (error) {
    if (error instanceof UnfitError) {
      return { kind: 'unfit', refusal: error.refusal, detail: error.message }
    }
    if (error instanceof TooDeepError || error instanceof RangeError) {
      const detail = `It is nested deeper than ${depthMax} levels (--conversion-depth-max).`
      return { kind: 'unfit', refusal: 'bad-content', detail }
    }
    throw error
  }
}

function readingOf(
  { depthMax, markup, roots }: ConversionSettings,
  formats: Markup | undefined,
): Reading {
  return { formats, depth: depthMax, roots, markup }
}
