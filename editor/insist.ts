/** The server may be away just then: it is asked again after this long. */
const againAfterMs = 1_000

/** Loads something, again and again until it comes. */
export async function insist<Content>(load: () => Promise<Content>): Promise<Content> {
  for (;;) {
    try {
      return await load()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, againAfterMs))
    }
  }
}
