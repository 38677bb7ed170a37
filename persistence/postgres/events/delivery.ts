import type { PendingDelivery, StoredEvent } from '../../outbox.ts'

export interface DeliveryRow {
  readonly told: string
}

/** What of a delivery is not looked for in SQL. */
export function toldOfDelivery({
  at,
  attempt,
  error,
  next,
  status,
}: Omit<PendingDelivery, 'event'>): string {
  return JSON.stringify({ attempt, at, status, error, next })
}

export function deliveryOf({ told }: DeliveryRow, event: StoredEvent): PendingDelivery {
  const given: unknown = JSON.parse(told)
  const of = (name: string): unknown =>
    typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined
  const number = (name: string): number | undefined => {
    const value = of(name)
    return typeof value === 'number' ? value : undefined
  }
  const error = of('error')
  return {
    event,
    attempt: number('attempt') ?? 0,
    at: number('at'),
    status: number('status'),
    error: typeof error === 'string' ? error : undefined,
    next: number('next'),
  }
}
