import { StoreError } from '../../persistence/store-error.ts'
import { AuthSetupError } from '../auth/auth-setup-error.ts'
import { describeError } from '../base/log.ts'
import type { ExitCode, Terminal } from './command.ts'

/** Does the work of a subcommand; what it could not do becomes one line and exit code 1. */
export async function runTool(
  name: string,
  work: (terminal: Terminal) => Promise<ExitCode>,
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    return await work(terminal)
  } catch (error) {
    if (!isExpected(error)) throw error
    terminal.warn(`ytopic ${name}: ${describeError(error)}`)
    return 1
  }
}

/** Refusals of the store, a bad secret, and what the operating system says of files. */
function isExpected(error: unknown): boolean {
  if (error instanceof AuthSetupError) return true
  return error instanceof StoreError || (error instanceof Error && 'code' in error)
}
