import { afterAll, afterEach, setDefaultTimeout } from 'bun:test'

/** Long enough for a busy machine with a cold browser; a test that works needs a few seconds. */
export const patienceMs = 180_000

/** What the tests of one file have in common. */
interface Shared {
  /** Takes away what one test leaves behind. */
  clear?(): Promise<void>
  close(): Promise<void>
}

/**
 * For the top of a test file: gives what its tests share once it is open. It is cleared after each
 * of them, and closed after the last.
 * @param testMs how long each of them may take, where that is not what Bun allows
 */
export async function share<Kind extends Shared>(
  opening: Promise<Kind>,
  testMs?: number,
): Promise<Kind> {
  if (testMs !== undefined) setDefaultTimeout(testMs)
  const shared = await opening
  afterEach(() => shared.clear?.())
  afterAll(() => shared.close())
  return shared
}
