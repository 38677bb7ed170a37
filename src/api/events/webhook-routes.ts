import { z } from 'zod'
import type { PendingDelivery, Webhook } from '../../../persistence/outbox.ts'
import { storedTypes, toldOf } from '../../events/told.ts'
import type { Webhooks } from '../../events/webhooks/webhooks.ts'
import { answerJson } from '../../http/answers.ts'
import { jsonBody, noBody } from '../../http/body.ts'
import { route, type Route } from '../../http/route.ts'
import { noQuery } from '../../http/schema.ts'
import { eventSchema } from './feed-routes.ts'

const at = '/api/v1/webhooks'
const one = `${at}/:id`

const events = z.array(z.enum(storedTypes))
const wishes = {
  events: events.optional(),
  /** Only of documents whose names begin so. */
  documents: z.string().max(512).nullable().optional(),
  secret: z.string().nullable().optional(),
  enabled: z.boolean().optional(),
}

const webhookSchema = z.object({
  id: z.string(),
  url: z.string(),
  events,
  documents: z.string().nullable(),
  created: z.iso.datetime(),
  enabled: z.boolean(),
  /** Why it is told nothing. */
  disabled: z.string().nullable(),
  secret: z.string().optional(),
})

const deliverySchema = z.object({
  id: z.string(),
  event: eventSchema,
  attempt: z.int(),
  at: z.iso.datetime().nullable(),
  status: z.int().nullable(),
  error: z.string().nullable(),
  next: z.iso.datetime().nullable(),
})

const testSchema = deliverySchema.omit({ event: true, next: true, attempt: true })

const unknown = { 404: { what: 'There is no such webhook, or delivery.' } }
const common = { access: 'admin', query: noQuery } as const

/** The routes of endpoints that are told of events. */
export function webhookRoutes(webhooks: Webhooks): readonly Route[] {
  return [...allRoutes(webhooks), ...oneRoutes(webhooks), ...deliveryRoutes(webhooks)]
}

function allRoutes(webhooks: Webhooks): readonly Route[] {
  return [
    route({
      ...common,
      method: 'GET',
      path: at,
      summary: 'List the webhooks',
      body: noBody,
      answers: {
        200: { what: 'All of them.', schema: z.object({ webhooks: z.array(webhookSchema) }) },
      },
      handler: async () => answerJson({ webhooks: (await webhooks.list()).map(viewOf) }),
    }),
    route({
      ...common,
      method: 'POST',
      path: at,
      summary: 'Have an endpoint told of events; its secret is told in this answer only',
      body: jsonBody(z.strictObject({ url: z.string(), ...wishes })),
      answers: { 201: { what: 'The webhook, with its secret.', schema: webhookSchema } },
      async handler({ body: { documents: prefix, ...rest } }) {
        const made = await webhooks.add({ ...rest, prefix })
        const location = `${at}/${made.webhook.id}`
        return answerJson({ ...viewOf(made.webhook), secret: made.secret }, 201, { location })
      },
    }),
  ]
}

function oneRoutes(webhooks: Webhooks): readonly Route[] {
  const answers = { 200: { what: 'The webhook.', schema: webhookSchema }, ...unknown }
  return [
    route({
      ...common,
      method: 'GET',
      path: one,
      summary: 'Tell of a webhook',
      body: noBody,
      answers,
      handler: async ({ params: { id = '' } }) => answerJson(viewOf(await webhooks.find(id))),
    }),
    route({
      ...common,
      method: 'PATCH',
      path: one,
      summary: 'Change a webhook; a new secret (null has one made) signs beside the old for a day',
      body: jsonBody(z.strictObject({ url: z.string().optional(), ...wishes })),
      answers,
      async handler({ body: { documents: prefix, ...rest }, params: { id = '' } }) {
        const changed = await webhooks.change(id, { ...rest, prefix })
        return answerJson({ ...viewOf(changed.webhook), secret: changed.secret })
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      path: one,
      summary: 'Remove a webhook, with what it has not taken',
      body: noBody,
      answers: { 204: { what: 'It is told nothing any more.' }, ...unknown },
      async handler({ params: { id = '' } }) {
        await webhooks.remove(id)
        return new Response(null, { status: 204 })
      },
    }),
  ]
}

function deliveryRoutes(webhooks: Webhooks): readonly Route[] {
  return [
    route({
      ...common,
      method: 'GET',
      path: `${one}/deliveries`,
      summary: 'Tell what a webhook has not taken, and what it took lately, newest first',
      body: noBody,
      answers: {
        200: {
          what: 'The deliveries.',
          schema: z.object({ deliveries: z.array(deliverySchema) }),
        },
        ...unknown,
      },
      async handler({ params: { id = '' } }) {
        const deliveries = await webhooks.deliveries(id)
        return answerJson({ deliveries: deliveries.map(deliveryOf) })
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: `${one}/deliveries/:delivery/replay`,
      summary: 'Deliver an event again',
      body: jsonBody(z.strictObject({})),
      answers: { 202: { what: 'It is tried now.', schema: deliverySchema }, ...unknown },
      handler: async ({ params: { delivery = '', id = '' } }) =>
        answerJson(deliveryOf(await webhooks.replay(id, delivery)), 202),
    }),
    route({
      ...common,
      method: 'POST',
      path: `${one}/test`,
      summary: 'Send a test to a webhook, and tell what came of it',
      body: jsonBody(z.strictObject({})),
      answers: { 200: { what: 'What came of it.', schema: testSchema }, ...unknown },
      async handler({ params: { id = '' } }) {
        const { at: time, error = null, id: event, status = null } = await webhooks.test(id)
        return answerJson({ id: event, at: new Date(time).toISOString(), status, error })
      },
    }),
  ]
}

function viewOf(webhook: Webhook): z.infer<typeof webhookSchema> {
  const { created, disabled, events: types, id, prefix, url } = webhook
  return {
    id,
    url,
    events: storedTypes.filter((type) => types.includes(type)),
    documents: prefix ?? null,
    created: new Date(created).toISOString(),
    enabled: disabled === undefined,
    disabled: disabled ?? null,
  }
}

function deliveryOf(delivery: PendingDelivery): unknown {
  const { at: tried, attempt, error = null, event, next, status = null } = delivery
  return {
    id: event.id,
    event: toldOf(event),
    attempt,
    at: timeOf(tried),
    status,
    error,
    next: timeOf(next),
  }
}

function timeOf(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString()
}
