import type { JsonObject } from '../../../core/model/json.ts'
import { badRequestData } from '../../../core/model/problem.ts'
import { headerOf } from '../read-answer.ts'
import { ATTRIBUTES, geoQuery, SELECTION, type Selection } from '../selection.ts'
import { tool } from '../tool.ts'

interface Subscribe extends Selection {
  readonly endpoint: string
  readonly watched?: readonly string[]
  readonly pick?: readonly string[]
  readonly description?: string
  readonly throttling?: number
  readonly expiresAt?: string
}

const PATH = '/ngsi-ld/v1/subscriptions'

/** Creates a subscription in the name of the caller (5.8.1). */
export const subscribe = tool<Subscribe>({
  name: 'subscribe',
  title: 'Subscribe to changes',
  description:
    'Has the hub send notifications of changes to a server from now on, by HTTP or MQTT, until unsubscribe or expiresAt. Needs the right to ' +
    'subscribe. Whoever has no server follows changes with the tool changes instead.',
  input: {
    ...SELECTION,
    endpoint: {
      type: 'string',
      pattern: '^(?:https?|mqtts?)://',
      maxLength: 2000,
      description: 'URL of the server that is told, such as https://alerts.example/dust',
    },
    watched: { ...ATTRIBUTES, description: 'Only changes of these attributes' },
    pick: { ...ATTRIBUTES, description: 'Attributes to tell, besides id and type' },
    description: { type: 'string', minLength: 1, maxLength: 500, description: 'What it is for' },
    throttling: {
      type: 'number',
      exclusiveMinimum: 0,
      description: 'At most one notification in so many seconds',
    },
    expiresAt: { type: 'string', maxLength: 40, description: 'Until when, UTC: 2026-12-31T00:00:00Z' },
  },
  required: ['endpoint'],
  writes: 'adds',
  output: { id: { type: 'string', description: 'Id of the subscription, for unsubscribe' } },
  run: async (given, { ask }) => {
    const answer = await ask({ method: 'POST', path: PATH, body: documentOf(given) })
    return { id: decodeURIComponent(headerOf(answer, 'Location')?.split('/').at(-1) ?? '') }
  },
})

interface Unsubscribe {
  readonly id: string
}

/** Deletes a subscription of the caller (5.8.5). */
export const unsubscribe = tool<Unsubscribe>({
  name: 'unsubscribe',
  title: 'End a subscription',
  description: 'Deletes a subscription: nothing is sent for it any more.',
  input: { id: { type: 'string', minLength: 1, maxLength: 1000, description: 'Id that subscribe answered' } },
  required: ['id'],
  writes: 'takes away',
  output: { id: { type: 'string' } },
  run: async ({ id }, { ask }) => {
    await ask({ method: 'DELETE', path: `${PATH}/${encodeURIComponent(id)}` })
    return { id }
  },
})

function documentOf(given: Subscribe): JsonObject {
  const { type, ids, q, scope, endpoint, watched, pick, description, throttling, expiresAt } = given
  if (ids && type === undefined)
    throw badRequestData('Argument ids is given without type, which a subscription needs')
  const geo = geoQuery(given)
  const types = type?.split(',') ?? []
  return {
    type: 'Subscription',
    ...(description !== undefined && { description }),
    ...(types.length > 0 && {
      entities: types.flatMap((one) => (ids ? ids.map((id) => ({ type: one, id })) : [{ type: one }])),
    }),
    ...(watched && { watchedAttributes: watched }),
    ...(q !== undefined && { q }),
    ...(scope !== undefined && { scopeQ: scope }),
    ...(geo && { geoQ: geo }),
    ...(throttling !== undefined && { throttling }),
    ...(expiresAt !== undefined && { expiresAt }),
    notification: {
      format: 'concise',
      ...(pick && { pick: ['id', 'type', ...pick] }),
      endpoint: { uri: endpoint, accept: 'application/json' },
    },
  }
}
