import createApi, { type Client as Api } from 'openapi-fetch'
import type { paths } from '../generated/types.ts'
import { Changes } from './changes/changes.ts'
import { Entities } from './entities/entities.ts'
import type { OntologyTypes } from './entities/entity-types.ts'
import { Temporal } from './entities/temporal.ts'
import { Transport, type TransportOptions } from './transport/transport.ts'

export type { Change, Followed, Notification } from './changes/changes.ts'
export type { OpenSocket } from './changes/socket.ts'
export {
  isSigned,
  type Receiver,
  type ReceiverOptions,
  receiver,
  type SignedMessage,
} from './changes/webhook.ts'
export type { MergeOptions, WriteOptions } from './entities/entities.ts'
export { etagOf } from './entities/entity-tags.ts'
export {
  type Answered,
  type AnyEntity,
  type AttributeName,
  type EntityNamed,
  type Format,
  type Fragment,
  instances,
  type NewEntity,
  type OntologyTypes,
  valueIn,
} from './entities/entity-types.ts'
export type { Filter } from './entities/query-options.ts'
export type { AggregationMethod, Evolution, TemporalFormat } from './entities/temporal.ts'
export { type ClientCredentials, clientCredentials } from './identity/client-credentials.ts'
export { CodeLogin, type CodeLoginOptions, type KeptTexts } from './identity/code-login.ts'
export { LoginFault } from './identity/issuer.ts'
export { type AttributePath, attributePath } from './query/attribute-path.ts'
export type { Condition } from './query/condition.ts'
export { type GeoQuery, geoParameters, type Position, type QueryGeometry } from './query/geo-query.ts'
export { type ScopePattern, type ScopeQuery, scopeText } from './query/scope-query.ts'
export { type QueryTime, type Scalar, time } from './query/values.ts'
export { HubProblem, type ProblemCode, type ProblemMembers } from './transport/hub-problem.ts'
export type { Answers, Page } from './transport/pages.ts'
export type { RetryOptions } from './transport/retry.ts'
export type { RequestOptions, TokenSource, TransportOptions } from './transport/transport.ts'

/** A hub as its applications see it. */
export interface Client<Types = OntologyTypes> {
  /** Where the hub is. */
  readonly url: string
  readonly entities: Entities<Types>
  readonly temporal: Temporal<Types>
  readonly changes: Changes<Types>
  /** Every operation of the OpenAPI document by its path, typed; with the same token, tries and problems. */
  readonly api: Api<paths>
}

/** Makes a client of a hub; `Types` are the entity types that it knows by name, those of the ontology unless said otherwise. */
export function createClient<Types = OntologyTypes>(options: TransportOptions = {}): Client<Types> {
  const transport = new Transport(options)
  return {
    url: transport.url,
    entities: new Entities<Types>(transport),
    temporal: new Temporal<Types>(transport),
    changes: new Changes<Types>(transport),
    api: createApi<paths>({ baseUrl: transport.url, fetch: (request) => transport.fetch(request) }),
  }
}
