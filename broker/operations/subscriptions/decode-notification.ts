import type { TermTable } from '../../core/context/term-table.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { Projection } from '../../core/query/ast.ts'
import { parseAttributeList } from '../../core/query/parse-attribute-list.ts'
import { parseProjection } from '../../core/query/parse-projection.ts'
import { refuseOverlap } from '../../core/query/refuse-overlap.ts'
import { type ParsedMembers, storedProjection } from '../../subscriptions/stored-subscription.ts'
import type { KeyValuePair } from '../../subscriptions/subscription.ts'
import { checkEndpoint, type EndpointSecrets, publicUri, shownPairs } from './check-endpoint.ts'

/** What a NotificationParams object (CIM 009 v1.9.1, 5.2.14) says. */
export interface DecodedNotification {
  /** As everybody may read it: names expanded, credentials hidden, of the endpoint only the server. */
  readonly shown: JsonObject
  readonly parsed: NonNullable<ParsedMembers['notification']>
  readonly endpoint: EndpointSecrets
}

/** Decodes NotificationParams whose shape was checked. @throws Problem BadRequestData, OperationNotSupported, TooComplexQuery */
export function decodeNotification(notification: JsonObject, table: TermTable): DecodedNotification {
  const { endpoint: given, attributes, pick, omit, ...rest } = notification
  const shownEndpoint = isJsonObject(given) ? given : {}
  const endpoint: EndpointSecrets = {
    uri: `${shownEndpoint.uri}`,
    receiverInfo: pairsOf(shownEndpoint.receiverInfo),
    notifierInfo: pairsOf(shownEndpoint.notifierInfo),
  }
  checkEndpoint(endpoint)
  if (rest.showChanges === true && (rest.format === 'keyValues' || rest.format === 'simplified'))
    throw badRequestData('Subscription has showChanges with a format that has no place for them')
  const projections = decodeProjections(notification, table)
  return {
    shown: {
      ...rest,
      ...(attributes !== undefined && { attributes: projections.attributes }),
      ...(pick !== undefined && { pick }),
      ...(omit !== undefined && { omit }),
      endpoint: showEndpoint(shownEndpoint, endpoint),
    },
    parsed: {
      ...(projections.pick && { pick: storedProjection(projections.pick) }),
      ...(projections.omit && { omit: storedProjection(projections.omit) }),
    },
    endpoint,
  }
}

function showEndpoint(given: JsonObject, { uri, receiverInfo, notifierInfo }: EndpointSecrets): JsonObject {
  return {
    ...given,
    uri: publicUri(uri),
    ...(given.receiverInfo !== undefined && { receiverInfo: shownPairs(receiverInfo).map(plainPair) }),
    ...(given.notifierInfo !== undefined && { notifierInfo: shownPairs(notifierInfo).map(plainPair) }),
  }
}

function pairsOf(value: JsonValue | undefined): readonly KeyValuePair[] {
  return isJsonArray(value)
    ? value.filter(isJsonObject).map(({ key, value }) => ({ key: `${key}`, value: `${value}` }))
    : []
}

function plainPair({ key, value }: KeyValuePair): JsonObject {
  return { key, value }
}

interface Projections {
  readonly attributes: readonly string[]
  readonly pick?: Projection
  readonly omit?: Projection
}

/** `attributes` is a synonym of `pick` that keeps id, type and scope (CIM 009 v1.9.1, 5.2.14.1). */
function decodeProjections({ attributes, pick, omit }: JsonObject, table: TermTable): Projections {
  if (attributes !== undefined && (pick !== undefined || omit !== undefined))
    throw badRequestData('Subscription has attributes together with pick or omit: use one of both')
  const names = attributes === undefined ? [] : attributeNames(attributes, table)
  const picked = attributes === undefined ? projection('pick', pick, table) : keepingIdentity(names)
  const omitted = projection('omit', omit, table)
  if (picked && omitted) refuseOverlap(picked, omitted)
  return { attributes: names, ...(picked && { pick: picked }), ...(omitted && { omit: omitted }) }
}

function attributeNames(value: JsonValue, table: TermTable): readonly string[] {
  const names = textsOf(value)
  const member = names.find((name) => name === 'id' || name === 'type' || name === 'scope')
  if (member !== undefined)
    throw badRequestData(`Subscription member attributes names ${member}, which is no attribute`)
  return parseAttributeList(names.join(','), table, { parameter: 'attributes' })
}

function keepingIdentity(names: readonly string[]): Projection {
  return {
    members: new Set(['id', 'type', 'scope', 'createdAt', 'modifiedAt', 'expiresAt']),
    attributes: new Map(names.map((name) => [name, undefined])),
  }
}

function projection(
  parameter: 'pick' | 'omit',
  value: JsonValue | undefined,
  table: TermTable,
): Projection | undefined {
  return value === undefined ? undefined : parseProjection(textsOf(value).join(','), table, { parameter })
}

function textsOf(value: JsonValue): readonly string[] {
  return isJsonArray(value) ? value.map(String) : []
}
