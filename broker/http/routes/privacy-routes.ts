import { parsePerson } from '../../../security/privacy/person.ts'
import { isJsonObject, type JsonObject } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type {
  eraseOfPerson,
  exportOfPerson,
  findPerson,
  PersonRequest,
} from '../../operations/privacy/person-requests.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind what is done for persons. */
export interface PrivacyOperations {
  readonly findPerson: ReturnType<typeof findPerson>
  readonly exportPerson: ReturnType<typeof exportOfPerson>
  readonly erasePerson: ReturnType<typeof eraseOfPerson>
  /** Public half of the key that reports are signed with, base64url. */
  readonly reportKey: string
}

const PRIVACY = '/hub/v1/privacy'

/** Routes of `/hub/v1/privacy`: ours, not the standard's. Who is looked for stands in bodies, which nobody logs. */
export function privacyRoutes(operations: PrivacyOperations): readonly Route[] {
  return [
    personRoute('find', operations.findPerson),
    personRoute('export', operations.exportPerson),
    personRoute('erase', operations.erasePerson),
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

function personRoute(name: string, operation: (request: PersonRequest) => Promise<JsonObject>): Route {
  return {
    method: 'POST',
    path: `${PRIVACY}/${name}`,
    body: 'json',
    produces: ['application/json'],
    handle: async (request) =>
      ({ status: 200, body: await operation(await personRequest(request)) }) satisfies HubAnswer,
  }
}

async function personRequest(request: HubRequest): Promise<PersonRequest> {
  const { body } = request
  if (!isJsonObject(body)) throw badRequestData('Body is not a JSON object')
  return {
    ...who(request),
    person: parsePerson(body.identifiers),
    body: { identifiers: body.identifiers ?? [] },
    via: request.headers.via,
    table: await request.table(),
  }
}
