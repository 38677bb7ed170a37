import { join } from 'node:path'
import { withImports } from './architecture.ts'
import { root } from './checkout.ts'

const path = join(root, 'ARCHITECTURE.md')
await Bun.write(path, withImports(await Bun.file(path).text()))
