import { resolve } from 'node:path'
import { withLimits } from './limits-table.ts'

const path = resolve(import.meta.dir, '../../../docs/operating.md')
await Bun.write(path, withLimits(await Bun.file(path).text()))
