import { Counter, Gauge, Registry } from 'prom-client'
import { counterTable, gaugeTable, type Metric, refusalMetric } from '../base/metric-table.ts'
import type { Events } from '../events/events.ts'
import { noBody } from '../http/body.ts'
import { route, type Route } from '../http/route.ts'
import { noQuery } from '../http/schema.ts'
import { type HealthParts, unsentBytesOf } from './health.ts'

/** What is measured. */
export interface MetricsParts extends HealthParts {
  readonly events: Events | undefined
}

/** The route that tells all metrics as Prometheus reads them; no document is ever named. */
export function metricsRoutes(parts: MetricsParts): readonly Route[] {
  const collection = collectionOf(parts)
  return [
    route({
      method: 'GET',
      path: '/metrics',
      summary: 'All metrics in the text format of Prometheus',
      access: 'admin',
      query: noQuery,
      body: noBody,
      answers: { 200: { what: 'The metrics.', types: [collection.contentType] } },
      handler: async () =>
        new Response(await collection.metrics(), {
          headers: { 'content-type': collection.contentType },
        }),
    }),
  ]
}

/** The metrics of one ytopic, read from where they are counted when somebody asks. */
function collectionOf({ connections, events, journal, metrics, rooms }: MetricsParts): Registry {
  const collection = new Registry()
  const told = ({ help, labels, name }: Metric) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [collection],
  })
  const count = (metric: Metric, value: () => number): Counter =>
    new Counter({
      ...told(metric),
      collect() {
        this.reset()
        this.inc(value())
      },
    })
  const measure = (metric: Metric, value: () => number): Gauge =>
    new Gauge({
      ...told(metric),
      collect() {
        this.set(value())
      },
    })
  for (const [name, metric] of counterTable) count(metric, () => metrics[name])
  const refusals = new Counter({
    ...told(refusalMetric),
    collect() {
      refusals.reset()
      for (const [kind, refused] of metrics.refusals) refusals.inc({ kind }, refused)
    },
  })
  measure(gaugeTable.connections, () => connections.all.size)
  measure(gaugeTable.rooms, () => rooms.size)
  measure(gaugeTable.documentBytes, () => rooms.byteLength)
  measure(gaugeTable.unsentBytes, () => unsentBytesOf(connections))
  measure(gaugeTable.pendingBytes, () => journal.pendingBytes)
  measure(gaugeTable.eventStreams, () => events?.feed.size ?? 0)
  measure(gaugeTable.residentBytes, () => process.memoryUsage.rss())
  return collection
}
