import { RefusalError } from '../base/errors.ts'
import type { UpdateParts } from '../update/section.ts'
import type { RootWish } from '../ydoc/content/content-wish.ts'
import { type CatalogParts, settle } from './catalog.ts'
import { contentBody, type ContentFormat, formatOfType, typeOf } from './content-body.ts'

/** What content is read with. */
export type ReadParts = Pick<CatalogParts, 'converter' | 'limits'>

/**
 * The content of these updates in a form, with a digest of the state.
 * @throws RefusalError as `Converter.read`, and of content over `--conversion-bytes-max`
 */
export async function readAs(
  { converter, limits }: ReadParts,
  updates: readonly Uint8Array[],
  format: Exclude<ContentFormat, 'update'>,
  wish: RootWish,
): Promise<{ readonly bytes: Uint8Array; readonly digest: string }> {
  const bytes = updates.reduce((sum, update) => sum + update.length, 0)
  refuseLarge({ limits }, format, bytes)
  return settle(await converter.read(updates, { format, ...wish }))
}

/** An update is no conversion and may have any size. @throws RefusalError `body-too-large` */
export function refuseLarge(
  { limits }: Pick<ReadParts, 'limits'>,
  format: ContentFormat,
  bytes: number,
): void {
  const { conversion_bytes_max: most } = limits
  if (format === 'update' || bytes <= most) return
  const detail = `It has ${bytes} bytes; as anything but an update ${most} are the limit`
  throw new RefusalError('body-too-large', `${detail} (--conversion-bytes-max).`)
}

/** Content as an answer: what is large goes out in pieces, and is never copied as a whole. */
export function answerContent(
  content: UpdateParts,
  format: ContentFormat,
  headers: Readonly<Record<string, string>>,
): Response {
  const charset = format === 'update' ? '' : '; charset=utf-8'
  const type = `${typeOf[format]}${charset}`
  const isLarge = content.byteLength > wholeBytesMax
  // A copy that `Response` takes, where the bytes are shared with another thread.
  const body = isLarge ? streamOf(content) : new Uint8Array(content.bytes())
  return new Response(body, { headers: { ...headers, 'content-type': type } })
}

/** Up to here an answer is sent as a whole. */
const wholeBytesMax = 256 * 1_024
const pieceBytes = 64 * 1_024

/** The bytes of an update in pieces, each copied when its reader takes it. */
export function streamOf(content: UpdateParts): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = piecesOf(content)
  return new ReadableStream(
    {
      pull(controller) {
        const { done, value } = pieces.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      },
    },
    { highWaterMark: 1 },
  )
}

/** Small parts, such as one edit each, go out together. */
function* piecesOf({ parts }: UpdateParts): Generator<Uint8Array<ArrayBuffer>, undefined> {
  let piece = new Uint8Array(pieceBytes)
  let used = 0
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const some = part.subarray(at, at + pieceBytes - used)
      piece.set(some, used)
      used += some.length
      at += some.length
      if (used < pieceBytes) continue
      yield piece
      piece = new Uint8Array(pieceBytes)
      used = 0
    }
  }
  if (used > 0) yield piece.subarray(0, used)
}

/**
 * The form that a client would have, of those that it takes.
 * @throws RefusalError `not-acceptable`
 */
export function formatOfAccept(accept: string | null): ContentFormat {
  if (accept === null) return 'update'
  const ranges = accept
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
      const weight = parameters.find((part) => part.startsWith('q='))?.slice(2) ?? '1'
      return { type, weight: Number(weight) }
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((left, right) => right.weight - left.weight)
  for (const { type } of ranges) {
    if (type === '*/*' || type === 'application/*') return 'update'
    if (type === 'text/*') return 'text'
    const format = type === '' ? undefined : formatOfType(type)
    if (format !== undefined) return format
  }
  throw new RefusalError('not-acceptable', `Ask for one of ${contentBody.types.join(', ')}.`)
}
