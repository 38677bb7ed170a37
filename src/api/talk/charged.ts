import { type Allowances, allowanceOf } from '../../chat/allowances.ts'
import type { Arrival, Route } from '../../http/route.ts'

/**
 * What a route that writes beside documents costs those who ask it: who is too quick waits. The
 * operator, and programs of this machine, are not counted.
 */
export function charged(route: Route, allowances: Allowances): Route {
  if (route.access !== 'comment') return route
  return {
    ...route,
    answer(arrival, body) {
      const whose = whoseOf(arrival)
      if (whose !== undefined) allowances.charge(whose)
      return route.answer(arrival, body)
    },
  }
}

/** A person, or the network of somebody whom nobody knows. */
function whoseOf({ context, grant }: Arrival): string | undefined {
  const id = grant.who?.id
  if (id !== undefined) return allowanceOf(id)
  const { network } = context.credentials.facts
  return network === undefined || grant.access === 'admin' ? undefined : `network ${network}`
}
