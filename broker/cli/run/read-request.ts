import type { Question } from '../../../security/policy/explain-decision.ts'
import type { Vocabulary } from '../../../security/policy/vocabulary.ts'
import type { Action } from '../../core/model/caller.ts'
import { CommandFailure } from '../command-failure.ts'

/** Where things of another kind than entities are. */
const KINDS: readonly (readonly [prefix: string, kind: Question['resource']])[] = [
  ['/ngsi-ld/v1/subscriptions', 'subscription'],
  ['/ngsi-ld/v1/csourceRegistrations', 'registration'],
  ['/ngsi-ld/v1/csourceSubscriptions', 'subscription'],
  ['/ngsi-ld/v1/jsonldContexts', 'context'],
  ['/ngsi-ld/v1/snapshots', 'snapshot'],
  ['/hub/v1/subscriptions', 'subscription'],
  ['/hub/v1/feeds', 'feed'],
  ['/hub/v1/quarantine', 'quarantine'],
  ['/hub/v1/policies', 'policy'],
  ['/hub/v1/federation', 'federation'],
  ['/hub/v1/store', 'store'],
  ['/hub/v1/privacy', 'privacy'],
  ['/hub/v1/audit', 'audit'],
]
const ACTIONS: Readonly<Record<string, Action>> = {
  GET: 'read',
  HEAD: 'read',
  POST: 'create',
  PUT: 'update',
  PATCH: 'update',
  DELETE: 'delete',
}

/** Reads what a request line asks of the policies: `GET /ngsi-ld/v1/entities?type=Device`. @throws CommandFailure */
export function readRequest(text: string, { expandType, expandAttribute }: Vocabulary): Question {
  const [, method = '', target = ''] = /^\s*([A-Za-z]+)\s+(\/\S*)\s*$/.exec(text) ?? []
  const action = ACTIONS[method.toUpperCase()]
  if (!action) throw new CommandFailure(`Request ${text} is none: give a method and a path`)
  const { pathname, searchParams } = new URL(target, 'http://hub')
  const [, resource] = KINDS.find(([prefix]) => pathname.startsWith(prefix)) ?? []
  if (resource) return { action, resource }
  const [, id, attribute] = /\/entities\/([^/]+)(?:\/attrs(?:\/([^/]+))?)?/.exec(pathname) ?? []
  const operation = /\/entityOperations\/(\w+)/.exec(pathname)?.[1]
  const types = typesOf(searchParams.get('type'), id)
  const isPart = id !== undefined && pathname.includes('/attrs')
  return {
    action: operation ? (BATCHES[operation] ?? action) : isPart && action === 'create' ? 'update' : action,
    resource: 'entity',
    ...(types.length > 0 && { types: types.map(expandType) }),
    ...(id !== undefined && { id: decodeURIComponent(id) }),
    ...(attribute !== undefined && { attributes: [expandAttribute(decodeURIComponent(attribute))] }),
  }
}

const BATCHES: Readonly<Record<string, Action>> = {
  query: 'read',
  create: 'create',
  upsert: 'create',
  update: 'update',
  merge: 'update',
  delete: 'delete',
}

/** Those of the parameter, else the one that an id names (CIM 009 v1.9.1, annex A.3). */
function typesOf(parameter: string | null, id: string | undefined): readonly string[] {
  if (parameter) return parameter.split(/[,|;()]/).filter((name) => name !== '' && name !== '*')
  const [, named] = /^urn:ngsi-ld:([^:]+):/.exec(decodeURIComponent(id ?? '')) ?? []
  return named === undefined ? [] : [named]
}
