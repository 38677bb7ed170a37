import { RefusalError } from '../base/errors.ts'
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

/** Content as an answer. */
export function answerContent(
  bytes: Uint8Array,
  format: ContentFormat,
  headers: Readonly<Record<string, string>>,
): Response {
  const charset = format === 'update' ? '' : '; charset=utf-8'
  const type = `${typeOf[format]}${charset}`
  // A copy that `Response` takes, where the bytes are shared with another thread.
  return new Response(new Uint8Array(bytes), { headers: { ...headers, 'content-type': type } })
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
