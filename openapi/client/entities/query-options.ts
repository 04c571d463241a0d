import type { operations } from '../../generated/types.ts'
import { type AttributePath, attributePath } from '../query/attribute-path.ts'
import type { Condition } from '../query/condition.ts'
import { type GeoQuery, geoParameters } from '../query/geo-query.ts'
import { type ScopeQuery, scopeText } from '../query/scope-query.ts'
import type { Question, RequestOptions } from '../transport/transport.ts'
import type { AttributeName, Format } from './entity-types.ts'

/** Leads to an attribute by its name, for the conditions of a query. */
export type AttributeOf<Types, Entity> = <Name extends AttributeName<Entity>>(
  name: Name,
) => AttributePath<Types, Name extends keyof Entity ? Entity[Name] : unknown>

/** Which entities are meant, besides their type. */
export interface Filter<Types, Entity> extends RequestOptions {
  /** Conditions on attributes: built, or a text of the query language (CIM 009 v1.9.1, 4.9) as it is. */
  readonly q?: string | ((attribute: AttributeOf<Types, Entity>) => Condition)
  readonly geo?: GeoQuery
  readonly scope?: ScopeQuery
  /** Ids, of which any will do. */
  readonly id?: string | readonly string[]
  readonly idPattern?: string
}

/** Members that an answer is asked to have, or not to have. */
export type MemberName<Entity> = AttributeName<Entity> | 'id' | 'type' | 'scope'

/** How entities are answered. */
export interface View<Entity, Form extends Format, Names, Language> {
  /** `normalized` unless said otherwise. */
  readonly format?: Form
  /** Members that are answered, by their names or as a text with those of linked entities; all unless said otherwise. */
  readonly pick?: Names
  readonly omit?: string | readonly MemberName<Entity>[]
  /** The language of texts that are there in several. */
  readonly lang?: Language
}

type QueryParameters = NonNullable<operations['queryEntities']['parameters']['query']>

/** Parameters of a query that are sent as they are. */
export type OtherParameters<Parameters = QueryParameters> = Omit<
  Parameters,
  | keyof Filter<unknown, unknown>
  | keyof View<unknown, Format, unknown, unknown>
  | 'type'
  | 'after'
  | keyof ReturnType<typeof geoParameters>
  | 'scopeQ'
>

/** Everything that a query of entities can be given. */
export type QueryOptions<Types, Entity, Form extends Format, Names, Language> = Filter<Types, Entity> &
  View<Entity, Form, Names, Language> &
  OtherParameters

/** What the parameters of a question are made of, whatever it asks. */
interface AnyOptions extends RequestOptions {
  readonly q?: unknown
  readonly geo?: GeoQuery
  readonly scope?: ScopeQuery
  readonly id?: string | readonly string[]
  readonly pick?: unknown
  readonly omit?: unknown
}

/** Writes options as the parameters that the API has, and what is no parameter beside them. @throws TypeError */
export function questionOf(
  options: AnyOptions,
  more: NonNullable<Question['query']> = {},
): Required<Pick<Question, 'query'>> & RequestOptions {
  const { signal, headers, q, geo, scope, id, pick, omit, ...others } = options
  const parameters: Record<string, unknown> = {
    ...others,
    q: typeof q === 'function' ? String(q(attributePath)) : q,
    ...(geo && geoParameters(geo)),
    ...(scope !== undefined && { scopeQ: scopeText(scope) }),
    id: joined(id),
    pick: joined(pick),
    omit: joined(omit),
    ...more,
  }
  return {
    query: parameters as NonNullable<Question['query']>, // what the options are typed as
    ...(signal && { signal }),
    ...(headers && { headers }),
  }
}

function joined(names: unknown): unknown {
  return Array.isArray(names) ? names.join(',') : names
}
