import { parsePerson } from '../../../security/privacy/person.ts'
import { isJsonObject, type JsonObject } from '../../core/model/json.ts'
import { invalidRequest } from '../../core/model/problem.ts'
import type { restrictOfPerson } from '../../operations/privacy/person-requests.ts'
import type {
  changeRecord,
  createRecord,
  ListRecords,
  listRecords,
  OfRecord,
  RegisterName,
  readRecord,
  writeBreachNotice,
} from '../../operations/privacy/registers.ts'
import { TEXT_TYPE } from '../added-types.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the registers of the data-protection officer. */
export interface RegisterOperations {
  readonly createRecord: ReturnType<typeof createRecord>
  readonly changeRecord: ReturnType<typeof changeRecord>
  readonly readRecord: ReturnType<typeof readRecord>
  readonly listRecords: ReturnType<typeof listRecords>
  readonly writeBreachNotice: ReturnType<typeof writeBreachNotice>
  readonly restrictPerson: ReturnType<typeof restrictOfPerson>
}

const PRIVACY = '/hub/v1/privacy'
const NAMES: readonly RegisterName[] = ['requests', 'consents', 'breaches', 'assessments']
const MOST_PER_PAGE = 1000

/** Routes of the registers below `/hub/v1/privacy`: ours, not the standard's. */
export function registerRoutes(operations: RegisterOperations): readonly Route[] {
  return [
    ...NAMES.flatMap((register): Route[] => {
      const [all, one] = [`${PRIVACY}/${register}`, `${PRIVACY}/${register}/:id`]
      const produces = ['application/json'] as const
      return [
        {
          method: 'GET',
          path: all,
          body: 'none',
          parameters: ['state', 'limit', 'after'],
          produces,
          handle: list,
        },
        { method: 'POST', path: all, body: 'documented', produces, handle: create },
        { method: 'GET', path: one, body: 'none', produces, handle: read },
        { method: 'PATCH', path: one, body: 'documented', produces, handle: change },
      ]

      async function list(request: HubRequest): Promise<HubAnswer> {
        return {
          status: 200,
          body: await operations.listRecords({ ...who(request), register, ...pageOf(request) }),
        }
      }

      async function create(request: HubRequest): Promise<HubAnswer> {
        const body = await operations.createRecord({ ...who(request), register, body: objectOf(request) })
        return { status: 201, body, headers: { Location: `${all}/${String(body.id)}` } }
      }

      async function read(request: HubRequest): Promise<HubAnswer> {
        return { status: 200, body: await operations.readRecord(ofRecord(request, register)) }
      }

      async function change(request: HubRequest): Promise<HubAnswer> {
        const body = objectOf(request)
        const record = await operations.changeRecord({ ...ofRecord(request, register), body })
        const { purpose } = record
        if (register !== 'consents' || typeof purpose !== 'string') return { status: 200, body: record }
        const { identifiers } = body
        if (identifiers === undefined) return { status: 200, body: record }
        // what she consented to for this purpose alone is hidden for it, here and at other hubs
        const { hubs = [] } = await operations.restrictPerson({
          ...who(request),
          person: parsePerson(identifiers),
          purpose,
          body: { identifiers, purpose },
          via: request.headers.via,
          table: await request.table(),
        })
        return { status: 200, body: { ...record, restricted: hubs } }
      }
    }),
    {
      method: 'GET',
      path: `${PRIVACY}/breaches/:id/notice`,
      body: 'none',
      parameters: ['lang'],
      produces: [TEXT_TYPE],
      handle: notice,
    },
  ]

  async function notice(request: HubRequest): Promise<HubAnswer> {
    const lang = request.query.get('lang') ?? 'vi'
    if (lang !== 'vi' && lang !== 'en') throw invalidRequest('Parameter lang is neither vi nor en')
    const { register: _, ...command } = ofRecord(request, 'breaches')
    const text = await operations.writeBreachNotice({ ...command, lang })
    return {
      status: 200,
      text,
      contentType: `${TEXT_TYPE}; charset=utf-8`,
      headers: { 'Content-Language': lang },
    }
  }
}

/** What is said of a record: whatever its register, the document has an object there. */
function objectOf({ body }: HubRequest): JsonObject {
  return isJsonObject(body) ? body : {}
}

function ofRecord(request: HubRequest, register: RegisterName): OfRecord {
  return { ...who(request), register, id: request.params.id ?? '' }
}

function pageOf({ query }: HubRequest): Pick<ListRecords, 'limit' | 'after' | 'state'> {
  const limit = Number(query.get('limit') ?? 100)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_PER_PAGE)
    throw invalidRequest(`Parameter limit is not a whole number from 1 to ${MOST_PER_PAGE}`)
  const after = query.get('after')
  const state = query.get('state')
  if (state !== null && state !== 'open' && state !== 'closed' && state !== 'overdue')
    throw invalidRequest('Parameter state is none of open, closed and overdue')
  return { limit, ...(after !== null && { after }), ...(state !== null && { state }) }
}
