/** What is used of a test framework. `bun:test`, Vitest and Jest have it under these names. */
export interface TestRunner {
  readonly describe: (name: string, declare: () => void) => unknown
  readonly test: (name: string, run: () => Promise<void>) => unknown
  readonly beforeEach: (run: () => Promise<void>) => unknown
  readonly afterEach: (run: () => Promise<void>) => unknown
  readonly expect: (value: unknown) => Expectation
}

/** What is asked of a value. */
export interface Expectation {
  readonly not: Pick<Expectation, 'toBe' | 'toEqual'>
  toBe(other: unknown): unknown
  toBeGreaterThan(other: number): unknown
  toBeGreaterThanOrEqual(other: number): unknown
  toBeLessThanOrEqual(other: number): unknown
  toBeUndefined(): unknown
  toEqual(other: unknown): unknown
  toHaveLength(length: number): unknown
  toMatchObject(other: object): unknown
  toThrow(kind: new (...args: never[]) => Error): unknown
}
