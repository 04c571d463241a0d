import { decodeEntity } from '../../core/context/decode-entity.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import { parseGeometry } from '../../core/geo/parse-geometry.ts'
import { isIri, isName, NGSI_LD_NULL } from '../../core/model/iri.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { parseTenant } from '../../core/model/tenant.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import { checkPattern } from '../../core/query/pattern.ts'
import { checkSourceInfo } from './check-source-info.ts'
import { checkShape, READ_ONLY_MEMBERS } from './registration-schema.ts'
import { isOwnProperty, renameMembers } from './rename-members.ts'

/** What a body of a registration says: members to keep, names expanded, and names of members to remove. */
export interface RegistrationFragment {
  readonly members: JsonObject
  /** Only in updates: given as null. Expanded. */
  readonly removed: readonly string[]
}

/** Decodes a whole CSourceRegistration (CIM 009 v1.9.1, 5.2.9). @throws Problem BadRequestData */
export function decodeRegistration(body: JsonValue | undefined, table: TermTable, now: Micros): JsonObject {
  const { members, removed } = decodeRegistrationFragment(body, table, now)
  const [first] = removed
  if (first !== undefined)
    throw badRequestData(`Registration member ${first} is null, which only updates may ask for`)
  checkComplete(members)
  return members
}

/** Decodes a fragment of a CSourceRegistration (5.9.3): what is there is checked like in a whole one. @throws Problem */
export function decodeRegistrationFragment(
  body: JsonValue | undefined,
  table: TermTable,
  now: Micros,
): RegistrationFragment {
  if (!isJsonObject(body)) throw badRequestData('Registration is no JSON object')
  const given = Object.entries(body).filter(([name]) => !READ_ONLY_MEMBERS.has(name))
  const nulls = given.filter(([, value]) => isNull(value)).map(([name]) => name)
  const members = Object.fromEntries(given.filter(([, value]) => !isNull(value)))
  checkShape(members)
  checkValues(members, now)
  checkOwnProperties(members, table)
  const expand = (name: string): string => expandName(name, table)
  return {
    members: normalize(renameMembers(members, expand)),
    removed: nulls.map((name) => (isOwnProperty(name) ? expand(name) : name)),
  }
}

/** Checks that the mandatory members are there (CIM 009 v1.9.1, 5.2.9-1). @throws Problem BadRequestData */
export function checkComplete(members: JsonObject): void {
  for (const name of ['type', 'endpoint', 'information']) {
    if (!Object.hasOwn(members, name)) throw badRequestData(`Registration has no ${name}`)
  }
}

function isNull(value: JsonValue): boolean {
  return value === null || value === NGSI_LD_NULL
}

function expandName(name: string, table: TermTable): string {
  if (!isName(name) || isNull(name))
    throw badRequestData(`Registration names ${JSON.stringify(name)}, which is no name`)
  return table.expand(name)
}

function checkValues(members: JsonObject, now: Micros): void {
  if (typeof members.id === 'string' && !isIri(members.id)) throw badRequestData('Registration id is no URI')
  if (typeof members.endpoint === 'string') checkEndpoint(members.endpoint)
  if (typeof members.tenant === 'string') parseTenant(members.tenant)
  if (typeof members.expiresAt === 'string') checkExpiry(members.expiresAt, now)
  for (const name of ['location', 'observationSpace', 'operationSpace']) {
    const value = members[name]
    if (value !== undefined) parseGeometry(value)
  }
  for (const name of ['observationInterval', 'managementInterval']) checkInterval(name, members[name])
  for (const datasetId of itemsOf(members.datasetId)) {
    if (typeof datasetId === 'string' && datasetId !== '@none' && !isIri(datasetId)) {
      throw badRequestData('Registration member datasetId holds a text that is neither a URI nor "@none"')
    }
  }
  checkScopes(members.scope)
  checkEntities(members.information)
  checkSourceInfo(members.contextSourceInfo)
}

/** Credentials belong into contextSourceInfo, where they are not shown again. */
function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw badRequestData('Registration endpoint is no http or https URL')
  }
  if (url.username || url.password || url.search || url.hash) {
    throw badRequestData('Registration endpoint has credentials, a query or a fragment')
  }
}

function checkExpiry(text: string, now: Micros): void {
  const at = parseDateTime(text)
  if (at === undefined)
    throw badRequestData('Registration member expiresAt is no DateTime such as 2026-01-31T08:00:00Z')
  if (at <= now) throw badRequestData('Registration member expiresAt lies in the past')
}

function checkInterval(name: string, interval: JsonValue | undefined): void {
  if (!isJsonObject(interval)) return
  const [start, end] = [interval.startAt, interval.endAt].map((time) =>
    typeof time === 'string' ? parseDateTime(time) : undefined,
  )
  if (start === undefined || (interval.endAt !== undefined && end === undefined)) {
    throw badRequestData(
      `Registration member ${name} has a time that is no DateTime such as 2026-01-31T08:00:00Z`,
    )
  }
  if (end !== undefined && end < start)
    throw badRequestData(`Registration member ${name} ends before it starts`)
}

const SCOPE = /^\/?\p{L}[\p{L}\p{N}_]*(?:\/\p{L}[\p{L}\p{N}_]*)*$/u

function checkScopes(value: JsonValue | undefined): void {
  for (const scope of itemsOf(value)) {
    if (typeof scope === 'string' && !SCOPE.test(scope)) {
      throw badRequestData('Registration member scope holds a text that is not of the form /Level/Level')
    }
  }
}

function checkEntities(information: JsonValue | undefined): void {
  for (const info of itemsOf(information).filter(isJsonObject)) {
    for (const { id, idPattern } of itemsOf(info.entities).filter(isJsonObject)) {
      if (typeof id === 'string' && !isIri(id))
        throw badRequestData('Registration names an entity id that is no URI')
      if (typeof idPattern === 'string') checkPattern(idPattern)
    }
  }
}

/** Context Source Properties are attributes like those of an entity. @throws Problem BadRequestData */
function checkOwnProperties(members: JsonObject, table: TermTable): void {
  const own = Object.entries(members).filter(([name]) => isOwnProperty(name))
  if (own.length > 0) decodeEntity(Object.fromEntries(own), table, { nulls: 'forbidden' })
}

/** Scopes are kept with their leading slash, geometries as objects. */
function normalize(members: JsonObject): JsonObject {
  const { scope, ...rest } = members
  const geometries = ['location', 'observationSpace', 'operationSpace'].flatMap((name) => {
    const value = rest[name]
    return value === undefined ? [] : [[name, parseGeometry(value)] as const]
  })
  return {
    ...rest,
    ...Object.fromEntries(geometries),
    ...(scope !== undefined && {
      scope: typeof scope === 'string' ? slashed(scope) : itemsOf(scope).map(slashed),
    }),
  }
}

function slashed(scope: JsonValue): JsonValue {
  return typeof scope === 'string' && !scope.startsWith('/') ? `/${scope}` : scope
}
