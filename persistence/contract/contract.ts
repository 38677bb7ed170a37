import { livesContract } from './lives.ts'
import { quarantineContract } from './quarantine.ts'
import type { StoreStage } from './stage.ts'
import { keepingContract } from './store.ts'
import { idempotencyContract } from './idempotency.ts'
import { messagesContract } from './messages.ts'
import { outboxContract } from './outbox.ts'
import { revocationsContract } from './revocations.ts'
import { versionsContract } from './versions.ts'
import type { Expectation, TestRunner } from './test-runner.ts'

export { idempotencyContract, messagesContract, outboxContract }
export { revocationsContract, versionsContract }
export type { Expectation, StoreStage, TestRunner }

/**
 * Declares the tests of what every store keeps: the rules STORE-* of SPEC.md, on one store. One
 * that passes them all is one that ytopic can use.
 * @param runner the functions of `bun:test`, Vitest or Jest
 * @param name the implementation's, for the names of the tests
 * @param create makes a fresh, empty store for each test
 */
export function storeContract(
  runner: TestRunner,
  name: string,
  create: () => Promise<StoreStage>,
): void {
  keepingContract(runner, name, create)
  quarantineContract(runner, name, create)
  livesContract(runner, name, create)
}
