import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import { attributesOf, narrow } from '../../core/query/needs.ts'
import { typesIn } from '../../core/query/types-in.ts'
import type { QueryPlan, Store } from '../port/store.ts'
import type { SealedAttributes } from './sealed-attributes.ts'

/**
 * Answers what the inner store may be asked: indexes know nothing of what is sealed, so no part that looks into it. That an
 * entity has an attribute is no secret. `exact`: nothing was taken away.
 */
export async function pushedPlan(
  inner: Pick<Store, 'query'>,
  tenant: Tenant,
  plan: QueryPlan,
  { always, byType }: SealedAttributes,
): Promise<{ readonly plan: QueryPlan; readonly exact: boolean }> {
  const { attributes, ...looking } = plan.query
  const sealed = new Set<Iri>()
  for (const attribute of attributesOf(looking)) {
    const types = byType.get(attribute)
    if (always.has(attribute) || (types && (await isAny(inner, tenant, plan, types)))) sealed.add(attribute)
  }
  if (sealed.size === 0) return { plan, exact: true }
  const { query } = narrow(looking, (attribute) => !sealed.has(attribute))
  const { offset: _, count: __, ...rest } = plan
  return { plan: { ...rest, query: attributes ? { ...query, attributes } : query }, exact: false }
}

/** Tells whether the plan may meet an entity of one of these types: of those that it asks for, one may have several. */
async function isAny(
  inner: Pick<Store, 'query'>,
  tenant: Tenant,
  { query: { types } }: QueryPlan,
  sealing: ReadonlySet<Iri>,
): Promise<boolean> {
  const asked = typesIn(types)
  if (asked?.some((type) => sealing.has(type))) return true
  const either: TypeNode = {
    kind: 'or',
    nodes: [...sealing].map((type) => ({ kind: 'type', type }) as const),
  }
  const both: TypeNode = types && asked ? { kind: 'and', nodes: [types, either] } : either
  const { rows } = await inner
    .query(tenant, { query: { types: both }, limit: 1, maxRows: SEARCHED })
    .catch(() => ANY)
  return rows.length > 0
}

/** So many entities of a type are looked at for one that has another type too; where there are more, there may be one. */
const SEARCHED = 10_000
const ANY = { rows: [undefined] }
