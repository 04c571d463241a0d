import type { TermTable } from '../../core/context/term-table.ts'
import type { Iri } from '../../core/model/iri.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import { matchScopes } from '../../core/query/match-scopes.ts'
import { matchCsf } from '../../federation/registry/match-csf.ts'
import { type MatchRequest, matchRegistrations } from '../../federation/registry/match-registrations.ts'
import type { Registration } from '../../federation/registry/registration.ts'
import type { Subscription } from '../../subscriptions/subscription.ts'
import { type MayHold, mayHold } from '../registrations/may-hold.ts'

/** What of a subscription says which registrations concern it. */
export type Concern = Pick<Subscription, 'query' | 'watchedAttributes' | 'options' | 'sourceTime'>

/** What registrations are judged with. */
export interface Judging extends MayHold {
  /** Names the members of the standard that a context source filter looks at. */
  readonly core: TermTable
  /** What has expired then is none any more. */
  readonly now: Micros
}

/**
 * Answers what of a registration concerns a subscription: the registration with those of its parts alone that match
 * (CIM 009 v1.9.1, 5.11.2.4 and 5.11.7); undefined: it does not match.
 */
export function relevantRegistration(
  registration: Registration,
  concern: Concern,
  judging: Judging,
): JsonObject | undefined {
  const { document } = registration
  const { geo, scope, csf } = concern.query
  if (geo && !mayHold(document, geo, judging)) return undefined
  if (scope && !matchScopes(scope, registration.scopes)) return undefined
  if (csf && !matchCsf(csf, registration, judging.core)) return undefined
  const information = relevantInformation(registration, requestsOf(concern, judging.now))
  return information.length > 0 ? { ...document, information } : undefined
}

function relevantInformation(
  registration: Registration,
  requests: readonly MatchRequest[],
): readonly JsonValue[] {
  const given = registration.document.information
  if (!isJsonArray(given)) return []
  const parts = registration.information.map((info) => ({ ...registration, information: [info] }))
  const matches = parts.map((part) =>
    requests.some((request) => matchRegistrations([part], request).length > 0),
  )
  return given.filter(isJsonObject).filter((_, at) => matches[at])
}

function requestsOf(concern: Concern, now: Micros): readonly MatchRequest[] {
  const { query, options, sourceTime } = concern
  const attributes = attributesOf(concern)
  const common = {
    via: [],
    now,
    ...(attributes && { attributes }),
    ...(sourceTime && { temporal: sourceTime }),
    ...(options.datasetIds && { datasetIds: options.datasetIds }),
  }
  if (!query.selectors) return [common]
  return query.selectors.map((selector) => ({ ...common, ...selector }))
}

/** What is watched, and what is told of it: where one of both is open, so is what a source may have (5.11.2.4). */
function attributesOf({ query, watchedAttributes, options }: Concern): readonly Iri[] | undefined {
  if (!watchedAttributes) return undefined
  if (!query.selectors) return [...watchedAttributes]
  const told = options.pick?.attributes
  return told && told.size > 0 ? [...new Set([...watchedAttributes, ...told.keys()])] : undefined
}
