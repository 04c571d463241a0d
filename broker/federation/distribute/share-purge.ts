import type { Iri } from '../../core/model/iri.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { attributesOf } from '../../core/query/needs.ts'
import { steering } from '../forward/source-headers.ts'
import type { Forward } from '../registry/match-registrations.ts'
import { bounded, type SourceShare } from '../registry/share-out.ts'
import { isProxied } from '../registry/taken-by.ts'

/** Attributes that stay, all others go; or attributes that go. Absent: whole entities go. */
export type PurgedAttributes = { readonly keep: ReadonlySet<Iri> } | { readonly drop: ReadonlySet<Iri> }

/** A purge, as far as it decides which source gets which part of it. */
export interface SharedPurge {
  readonly query: EntityQuery
  readonly only?: PurgedAttributes
  /** Pseudonyms of those that the request came through. */
  readonly via: readonly string[]
}

/** The part of a purge that belongs to one source. */
export interface PurgeShare extends SourceShare {
  readonly forward: Forward
  /** Attributes that go; absent: whole entities, or all but those that stay. */
  readonly drop?: readonly Iri[]
}

/**
 * Shares out a purge (CIM 009 v1.9.1, 5.6.21.4). Pure. Every source that matches is asked to purge what it registered;
 * of one that registered attributes only, only those go where the request names attributes. A source that holds the data
 * and does not support it is a conflict, an inclusive one is passed over. A filter on what a source did not register says
 * nothing there, or everything, so such a source is not asked. `forwards` were matched by types, ids and attributes.
 */
export function sharePurge(forwards: readonly Forward[], purge: SharedPurge): readonly PurgeShare[] {
  return forwards
    .flatMap(inSlices)
    .flatMap((forward) => shareOf(forward, purge) ?? [])
    .filter(({ proxied, refusal }) => proxied || refusal !== 'unsupported')
    .map(bounded)
}

/** Ids that a URL takes with certainty. */
const SLICE = 100

function inSlices(forward: Forward): readonly Forward[] {
  const { ids = [] } = forward
  if (ids.length <= SLICE) return [forward]
  return Array.from({ length: Math.ceil(ids.length / SLICE) }, (_, at) => ({
    ...forward,
    ids: ids.slice(at * SLICE, (at + 1) * SLICE),
  }))
}

function shareOf(forward: Forward, purge: SharedPurge): PurgeShare | undefined {
  const { registration, types } = forward
  const registered = registeredBy(forward)
  const drop = dropOf(registered, purge.only)
  if (drop?.length === 0) return undefined
  const refusal = refusalOf(forward, registered, purge)
  return {
    registration,
    forward,
    proxied: isProxied(registration),
    attributes: drop ?? 'everything',
    whole: registered === undefined,
    ...(drop && { drop }),
    ...(types && { types }),
    ...(refusal && { refusal }),
  }
}

/** Undefined: the source registered no single attributes. */
function registeredBy({ registration: { information } }: Forward): ReadonlySet<Iri> | undefined {
  if (information.some(({ attributes }) => attributes.length === 0)) return undefined
  return new Set(information.flatMap(({ attributes }) => attributes))
}

function dropOf(
  registered: ReadonlySet<Iri> | undefined,
  only: PurgedAttributes | undefined,
): readonly Iri[] | undefined {
  if (!only) return undefined
  if ('drop' in only) return [...only.drop].filter((name) => registered?.has(name) !== false)
  return registered && [...registered].filter((name) => !only.keep.has(name))
}

function refusalOf(
  { registration }: Forward,
  registered: ReadonlySet<Iri> | undefined,
  { query, via }: SharedPurge,
): SourceShare['refusal'] {
  const { alias, operations } = registration
  if (alias !== undefined && via.includes(alias)) return 'loop'
  if (!operations.has('purgeEntity')) return 'unsupported'
  // words of the client's @context mean something else in the source's own
  if ((query.q || query.geo) && steering(registration, 'jsonldContext') !== undefined) return 'unfiltered'
  const { attributes: _, ...filters } = query
  const filtered = [...attributesOf(filters)].every((name) => registered?.has(name) !== false)
  return filtered && (!query.scope || !registered) ? undefined : 'unfiltered'
}
