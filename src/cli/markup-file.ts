import { readFileSync } from 'node:fs'
import { StoreError } from '../../persistence/store-error.ts'
import { describeError } from '../base/log.ts'
import { checkMarkup } from '../ydoc/markup/check-markup.ts'
import type { MarkupOptions } from '../ydoc/markup/markup-options.ts'
import { quote } from './quote.ts'

/**
 * What such a file says; nothing where there is none.
 * @throws StoreError which names the file and what is wrong in it
 */
export function readMarkupFile(file: string | undefined): MarkupOptions | undefined {
  if (file === undefined) return undefined
  try {
    return checkMarkup(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new StoreError('unavailable', `${quote(file)} cannot be used: ${describeError(error)}`)
  }
}
