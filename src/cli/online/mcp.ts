import { readFileSync } from 'node:fs'
import { systemChance } from '../../base/chance.ts'
import { describeError, silentLog } from '../../base/log.ts'
import { agentHost } from '../../documents/agent-host.ts'
import { StoreError } from '../../../persistence/store-error.ts'
import type { ExitCode } from '../command.ts'
import { subcommand } from '../subcommand.ts'
import { apiFlags, within } from './api.ts'
import { markupFlag } from './content-flags.ts'

/** What is said where the package that agents need is not installed. */
export const mcpMissing =
  'Agents need a package: run "npm install @modelcontextprotocol/sdk" beside ytopic'

export const mcp = subcommand({
  name: 'mcp',
  usage: '',
  summary: 'let an agent work with documents over standard input and output',
  help: `Speaks the Model Context Protocol over standard input and output, for an agent that starts
it. With --server it hands everything on to /mcp of that server, which was started with --mcp on:
the token decides what the agent may do, and people in a document see it. Without, it works on
a database, or on the data directory, whose server must be stopped.`,
  flags: { ...apiFlags, markupFile: markupFlag },
  words: { min: 0, max: 0 },
  async run({ limits, values }, { clock }): Promise<ExitCode> {
    const stdio = await import('../../mcp/stdio.ts').catch((error: unknown) => {
      throw new StoreError('unavailable', `${mcpMissing} (${describeError(error)}).`)
    })
    const { server, tokenFile } = values
    if (server !== undefined) {
      const token = tokenFile === undefined ? undefined : readFileSync(tokenFile, 'utf8').trim()
      await stdio.relayOverStdio(server, token)
      return 0
    }
    return within({ limits, values }, 'make', async (ytopic, authority) => {
      const nobody = { token: undefined, facts: { headers: new Map() } }
      const parts = { authority, limits, log: silentLog, adminToken: undefined }
      const host = agentHost({ ...parts, ...ytopic }, 'http://localhost', nobody)
      await stdio.talkOverStdio({ chance: systemChance, clock, limits }, host)
      return 0
    })
  },
})
