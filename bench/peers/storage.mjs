// Where the Hocuspocus servers keep documents: one file each, with its own default debounce.
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as Y from 'yjs'

const folder = process.argv[2]

export const storage = {
  async onLoadDocument({ document, documentName }) {
    const file = join(folder, `${documentName}.bin`)
    if (existsSync(file)) Y.applyUpdate(document, readFileSync(file))
  },
  async onStoreDocument({ document, documentName }) {
    await writeFile(join(folder, `${documentName}.bin`), Y.encodeStateAsUpdate(document))
  },
}
