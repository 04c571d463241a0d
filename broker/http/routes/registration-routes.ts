import { isIri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { formatDateTime } from '../../core/model/time.ts'
import { parseSourceTime, type SourceTime } from '../../core/query/parse-source-time.ts'
import type { createRegistration } from '../../operations/registrations/create-registration.ts'
import type { deleteRegistration } from '../../operations/registrations/delete-registration.ts'
import type { listSources, SourceReport } from '../../operations/registrations/list-sources.ts'
import type { queryRegistrations } from '../../operations/registrations/query-registrations.ts'
import type { retrieveRegistration } from '../../operations/registrations/retrieve-registration.ts'
import type { retrieveSourceIdentity } from '../../operations/registrations/retrieve-source-identity.ts'
import type { updateRegistration } from '../../operations/registrations/update-registration.ts'
import { datasetIds } from '../decode/dataset-parameters.ts'
import { entityQuery, FILTER_PARAMETERS, pageRequest } from '../decode/entity-parameters.ts'
import { sysAttrs } from '../decode/system-attributes.ts'
import { who } from '../decode/who.ts'
import { pagingLinks } from '../encode/paging-links.ts'
import { pathSegment } from '../encode/path-segment.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the registration resources. */
export interface RegistrationOperations {
  readonly createRegistration: ReturnType<typeof createRegistration>
  readonly updateRegistration: ReturnType<typeof updateRegistration>
  readonly deleteRegistration: ReturnType<typeof deleteRegistration>
  readonly retrieveRegistration: ReturnType<typeof retrieveRegistration>
  readonly queryRegistrations: ReturnType<typeof queryRegistrations>
  readonly retrieveSourceIdentity: ReturnType<typeof retrieveSourceIdentity>
  readonly listSources: ReturnType<typeof listSources>
}

const COLLECTION = '/ngsi-ld/v1/csourceRegistrations'
const TEMPORAL = ['timerel', 'timeAt', 'endTimeAt', 'timeproperty'] as const

/** Routes of registrations, source identity and the state of the federation (CIM 009 v1.9.1, 6.8, 6.9, 5.15.1). */
export function registrationRoutes(
  operations: RegistrationOperations,
  limits: { readonly standard: number; readonly most: number },
): readonly Route[] {
  const item = `${COLLECTION}/:id`
  const filters = [...FILTER_PARAMETERS, 'attrs', 'datasetId', ...TEMPORAL]
  return [
    {
      method: 'POST',
      path: COLLECTION,
      body: 'ld',
      createsTenant: true,
      idempotent: 'registration',
      handle: create,
    },
    {
      method: 'GET',
      path: COLLECTION,
      body: 'none',
      parameters: [...filters, 'options', 'limit', 'offset', 'count'],
      handle: query,
    },
    { method: 'GET', path: item, body: 'none', parameters: ['options'], handle: retrieve },
    { method: 'PATCH', path: item, body: 'ld', handle: update },
    { method: 'DELETE', path: item, body: 'none', handle: remove },
    { method: 'GET', path: '/ngsi-ld/v1/info/sourceIdentity', body: 'none', handle: identity },
    { method: 'GET', path: '/hub/v1/federation', body: 'none', handle: federation },
  ]

  async function create(request: HubRequest): Promise<HubAnswer> {
    const { id } = await operations.createRegistration({
      ...who(request),
      body: request.body,
      table: await request.table(),
    })
    return { status: 201, headers: { Location: `${COLLECTION}/${pathSegment(id)}` } }
  }

  async function query(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const page = pageRequest(request.query, limits)
    const offset = page.offset ?? 0
    const temporal = sourceTime(request.query)
    const { registrations, count } = await operations.queryRegistrations({
      ...who(request),
      query: entityQuery(request.query, table),
      ...(temporal && { temporal }),
      ...datasetIds(request.query),
      table,
      sysAttrs: sysAttrs(request.query),
      limit: page.limit,
      offset,
    })
    const more = offset + page.limit < count
    const links = pagingLinks(request.path, request.query, page, { more }, request.accept)
    return {
      status: 200,
      linkedData: registrations,
      table,
      headers: {
        ...(links.length > 0 && { Link: links }),
        ...(page.count && { 'NGSILD-Results-Count': String(count) }),
      },
    }
  }

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const command = { ...who(request), id: registrationId(request), table, sysAttrs: sysAttrs(request.query) }
    return { status: 200, linkedData: await operations.retrieveRegistration(command), table }
  }

  async function update(request: HubRequest): Promise<HubAnswer> {
    await operations.updateRegistration({
      ...who(request),
      id: registrationId(request),
      body: request.body,
      table: await request.table(),
    })
    return { status: 204 }
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    await operations.deleteRegistration({ ...who(request), id: registrationId(request) })
    return { status: 204 }
  }

  async function identity(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    return { status: 200, linkedData: operations.retrieveSourceIdentity({ tenant: request.tenant }), table }
  }

  async function federation(request: HubRequest): Promise<HubAnswer> {
    return { status: 200, body: { sources: operations.listSources(who(request)).map(encodeSource) } }
  }
}

function registrationId({ params }: HubRequest): string {
  const id = params.id ?? ''
  if (!isIri(id)) throw badRequestData(`Registration id ${JSON.stringify(id)} of the path is no URI`)
  return id
}

function sourceTime(query: URLSearchParams): SourceTime | undefined {
  const [timerel, timeAt, endTimeAt, timeproperty] = TEMPORAL.map((name) => query.get(name) ?? undefined)
  return parseSourceTime({ timerel, timeAt, endTimeAt, timeproperty })
}

function encodeSource({
  lastSuccess,
  lastFailure,
  lastContact,
  coolingUntil,
  latency,
  ...rest
}: SourceReport): JsonObject {
  const times = Object.entries({ lastSuccess, lastFailure, lastContact, coolingUntil }).flatMap(
    ([name, at]) => (at === undefined ? [] : [[name, formatDateTime(at)] as const]),
  )
  return { ...rest, ...(latency && { latency: { ...latency } }), ...Object.fromEntries(times) }
}
