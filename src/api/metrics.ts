import { Counter, Gauge, Registry } from 'prom-client'
import { counterTable, gaugeTable, type Metric, refusalMetric } from '../base/metric-table.ts'
import type { Chat } from '../chat/chat.ts'
import type { Events } from '../events/events.ts'
import { noBody } from '../http/body.ts'
import { route, type Route } from '../http/route.ts'
import { noQuery } from '../http/schema.ts'
import { type HealthParts, unsentBytesOf } from './health.ts'

/** What is measured. */
export interface MetricsParts extends HealthParts {
  readonly chat: Chat | undefined
  readonly events: Events | undefined
}

/** As the client of Prometheus that is used here writes. */
const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

/** Tells all metrics as Prometheus reads them; no document is ever named. */
export type TellMetrics = () => Promise<Response>

/** The metrics of one ytopic as an answer to whoever may see them. */
export function metricsTeller(parts: MetricsParts): TellMetrics {
  const collection = collectionOf(parts)
  const headers = { 'content-type': prometheusType }
  return async () => new Response(await collection.metrics(), { headers })
}

/** The route that tells all metrics to those with `admin` access. */
export function metricsRoutes(tellMetrics: TellMetrics): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/metrics',
      summary: 'All metrics in the text format of Prometheus',
      access: 'admin',
      query: noQuery,
      body: noBody,
      answers: { 200: { what: 'The metrics.', types: [prometheusType] } },
      handler: tellMetrics,
    }),
  ]
}

/** The metrics of one ytopic, read from where they are counted when somebody asks. */
function collectionOf({
  chat,
  connections,
  events,
  journal,
  metrics,
  rooms,
}: MetricsParts): Registry {
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
  measure(gaugeTable.chatRooms, () => chat?.size ?? 0)
  measure(gaugeTable.eventStreams, () => events?.feed.size ?? 0)
  measure(gaugeTable.residentBytes, () => process.memoryUsage.rss())
  return collection
}
