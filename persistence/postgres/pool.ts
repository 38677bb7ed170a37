import { SQL } from 'bun'
import { StoreError } from '../store-error.ts'
import { isAway, isClash, isCut, storeErrorOf } from './error.ts'

/** How a pool reaches the database. */
export interface PoolOptions {
  readonly url: string
  readonly place: string
  readonly password: string | undefined
  readonly tls: SQL.PostgresOrMySQLOptions['tls']
  /** Whether statements are prepared once and kept by the database's side of a connection. */
  readonly prepare: boolean
  /** What each connection sets; nothing where a pooler would not hand it on. */
  readonly settings: Readonly<Record<string, string | number>> | undefined
  /** Milliseconds in which an answer has to be there. */
  readonly silenceMs: number
  /** Connections at the same time. */
  readonly connectionsMax: number
  /** Told when a connection has ended: what comes next may be another server. */
  readonly onLost?: (() => void) | undefined
  /** Told when the database has answered for the first time after that. */
  readonly onRenewed?: (() => void) | undefined
}

/** So often a statement is given that another one keeps standing in the way of. */
const triesMax = 8

/** So often a database that is away is asked whether it is back. */
const awayMs = 1_000

/** So many times longer than told is waited in the end for a database that is slow and not dead. */
const patienceMax = 16

/**
 * Connections to the database. One that hangs (a cable was cut, the other side is frozen) answers
 * nothing for ever and no error comes: whoever has waited for too long gets one, and all
 * connections are made anew.
 */
export class Pool {
  readonly #options: PoolOptions
  #sql: SQL
  #closed = false
  /** Doubled whenever it was too short: else what takes longer would never be done. */
  #patience = 1
  #trouble: string | undefined
  #wasLost = false
  /** Called when the database has answered again. */
  readonly #waiting = new Set<() => void>()

  constructor(options: PoolOptions) {
    this.#options = options
    this.#sql = this.#open()
  }

  /**
   * Asks the database something.
   * @param again whether it may be asked once more when the connection ends in between, as
   *   nothing is changed by it or the second time changes nothing
   * @throws StoreError
   */
  async run<Result>(
    work: (sql: SQL) => Promise<Result>,
    { again = false }: { readonly again?: boolean } = {},
  ): Promise<Result> {
    for (let tries = 1; ; tries++) {
      try {
        const result = await this.#ask(work)
        this.#trouble = undefined
        this.#patience = 1
        this.#tellRenewed()
        return result
      } catch (error) {
        if (isAway(error)) this.#wasLost = true
        const isToRepeat = isClash(error) ? tries < triesMax : again && tries === 1 && isCut(error)
        if (!isToRepeat || this.#closed) throw this.#refusal(error)
      }
    }
  }

  /**
   * The same for what changes nothing and is wanted by somebody: where the database is away it is
   * asked once more when it is back, or when an answer would have had to be there at the latest.
   * Those who are refused come back at times of their own, later and later.
   * @throws StoreError
   */
  async runWhenBack<Result>(work: (sql: SQL) => Promise<Result>): Promise<Result> {
    const { promise: isBack, resolve: goOn } = Promise.withResolvers<void>()
    const timer = setTimeout(goOn, this.#options.silenceMs)
    this.#waiting.add(goOn)
    try {
      return await this.run(work, { again: true })
    } catch (error) {
      if (!(error instanceof StoreError) || !isAway(error.cause)) throw error
      await isBack
      return await this.run(work, { again: true })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(goOn)
    }
  }

  /** Why the last question was not answered; undefined when it was. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /**
   * Asks whether the database is there: now and then for those who ask for `trouble`, and every
   * second while it is away, as others wait to be told that it is back.
   * @returns what ends that
   */
  watch(): () => void {
    let isAsking = false
    const ask = (): void => {
      if (isAsking) return
      isAsking = true
      this.run((sql) => sql.unsafe('SELECT 1'))
        .catch(() => undefined)
        .finally(() => {
          isAsking = false
        })
    }
    const askAway = (): void => {
      if (this.#wasLost || this.#trouble !== undefined) ask()
    }
    const timers = [setInterval(ask, this.#options.silenceMs), setInterval(askAway, awayMs)]
    for (const timer of timers) timer.unref()
    return () => timers.forEach((timer) => clearInterval(timer))
  }

  /** Ends the connections; waits no longer than for an answer. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#end(this.#sql)
  }

  #tellRenewed(): void {
    if (!this.#wasLost || this.#closed) return
    this.#wasLost = false
    for (const goOn of this.#waiting) goOn()
    this.#options.onRenewed?.()
  }

  #lost(): void {
    this.#wasLost = true
    this.#options.onLost?.()
  }

  async #ask<Result>(work: (sql: SQL) => Promise<Result>): Promise<Result> {
    const sql = this.#sql
    const overdue = Promise.withResolvers<never>()
    const waitMs = this.#options.silenceMs * this.#patience
    const timer = setTimeout(() => {
      this.#renew(sql)
      overdue.reject(this.#silence(waitMs))
    }, waitMs)
    try {
      return await Promise.race([work(sql), overdue.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  /** What was sent and not answered may still take effect, now or later. */
  #renew(sql: SQL): void {
    if (sql !== this.#sql || this.#closed) return
    this.#patience = Math.min(patienceMax, this.#patience * 2)
    this.#sql = this.#open()
    this.#lost()
    this.#end(sql).catch(() => undefined)
  }

  /** A close can hang as well. */
  async #end(sql: SQL): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, this.#options.silenceMs)
    await Promise.race([sql.close({ timeout: 0 }).catch(() => undefined), promise])
    clearTimeout(timer)
  }

  #refusal(error: unknown): StoreError {
    const refusal = storeErrorOf(error, this.#options.place)
    this.#trouble = refusal.message
    return refusal
  }

  #silence(waitedMs: number): StoreError {
    const { place } = this.#options
    const message = `${place} has not answered for ${waitedMs / 1_000} s; look at the database.`
    return new StoreError('unavailable', message)
  }

  /** What nobody waits for any more is ended on the other side too. */
  #timeouts(): Readonly<Record<string, number>> {
    const waitMs = this.#options.silenceMs * this.#patience
    return {
      statement_timeout: waitMs,
      lock_timeout: waitMs,
      idle_in_transaction_session_timeout: waitMs,
    }
  }

  #open(): SQL {
    const { connectionsMax, password, prepare, settings, silenceMs, tls, url } = this.#options
    return new SQL({
      url,
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { tls }),
      max: connectionsMax,
      prepare,
      ...(settings === undefined ? {} : { connection: { ...settings, ...this.#timeouts() } }),
      connectionTimeout: Math.ceil(silenceMs / 1_000),
      onclose: () => this.#lost(),
    })
  }
}
