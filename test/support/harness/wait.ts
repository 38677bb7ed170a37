/**
 * Waits for a condition, looking often.
 * @param what is said when it does not come true within `withinMs`.
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const givenUpAt = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > givenUpAt) throw new Error(`waited ${withinMs} ms in vain: ${what}`)
    await Bun.sleep(5)
  }
}
