import { parsePerson } from '../../../security/privacy/person.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type {
  eraseOfPerson,
  exportOfPerson,
  findPerson,
  liftOfPerson,
  PersonRequest,
  restrictOfPerson,
} from '../../operations/privacy/person-requests.ts'
import type { identifiersOfRequest } from '../../operations/privacy/registers.ts'
import { checkedBody } from '../decode/checked-body.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind what is done for persons. */
export interface PrivacyOperations {
  readonly findPerson: ReturnType<typeof findPerson>
  readonly exportPerson: ReturnType<typeof exportOfPerson>
  readonly erasePerson: ReturnType<typeof eraseOfPerson>
  readonly restrictPerson: ReturnType<typeof restrictOfPerson>
  readonly liftRestriction: ReturnType<typeof liftOfPerson>
  /** Answers whom a request of the register is about. */
  readonly identifiersOfRequest: ReturnType<typeof identifiersOfRequest>
  /** Public half of the key that reports are signed with, base64url. */
  readonly reportKey: string
}

const PRIVACY = '/hub/v1/privacy'

/** Routes of `/hub/v1/privacy`: ours, not the standard's. Who is looked for stands in bodies, which nobody logs. */
export function privacyRoutes(operations: PrivacyOperations): readonly Route[] {
  return [
    personRoute('find', operations, operations.findPerson),
    personRoute('export', operations, operations.exportPerson),
    personRoute('erase', operations, operations.erasePerson),
    personRoute('restrict', operations, operations.restrictPerson),
    personRoute('lift', operations, operations.liftRestriction),
    {
      method: 'GET',
      path: `${PRIVACY}/key`,
      body: 'none',
      produces: ['application/json'],
      handle: () =>
        Promise.resolve({ status: 200, body: { algorithm: 'Ed25519', publicKey: operations.reportKey } }),
    },
  ]
}

function personRoute(
  name: string,
  operations: PrivacyOperations,
  operation: (request: PersonRequest) => Promise<JsonObject>,
): Route {
  return {
    method: 'POST',
    path: `${PRIVACY}/${name}`,
    body: 'documented',
    produces: ['application/json'],
    handle: async (request) =>
      ({ status: 200, body: await operation(await personRequest(operations, request)) }) satisfies HubAnswer,
  }
}

async function personRequest(
  { identifiersOfRequest: sealed }: Pick<PrivacyOperations, 'identifiersOfRequest'>,
  request: HubRequest,
): Promise<PersonRequest> {
  const { request: id, identifiers: given, purpose } = checkedBody<'WantedPerson'>(request)
  const identifiers = id === undefined ? given : await sealed({ ...who(request), id })
  return {
    ...who(request),
    ...(id !== undefined && { request: id }),
    person: parsePerson(identifiers),
    ...(purpose !== undefined && { purpose }),
    body: { identifiers: identifiers ?? [], ...(purpose !== undefined && { purpose }) },
    via: request.headers.via,
    table: await request.table(),
  }
}
