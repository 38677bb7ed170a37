import type { Store } from '../../../persistence/store.ts'

const pageRows = 1_000

/** The names of all documents. */
export async function namesOf(store: Store): Promise<readonly string[]> {
  const names: string[] = []
  for (;;) {
    const page = await store.list({ after: names.at(-1), limit: pageRows })
    names.push(...page.map(({ document }) => document))
    if (page.length < pageRows) return names
  }
}

/** Whether there never was such a document. */
export async function isUnknown(store: Store, name: string): Promise<boolean> {
  const { snapshot, log, damage } = await store.load(name)
  return snapshot === undefined && log.length === 0 && damage.length === 0
}
