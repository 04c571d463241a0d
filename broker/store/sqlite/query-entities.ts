import { Problem } from '../../core/model/problem.ts'
import type { Page, PlacedEntity, QueryPlan } from '../port/store.ts'
import { prepare } from './statements.ts'
import type { TenantReader } from './tenant-reader.ts'

/** Answers a page of the entities that a query may match. @throws Problem TooComplexQuery */
export function queryEntities(reader: TenantReader, plan: QueryPlan): Page {
  if (plan.limit > plan.maxRows)
    throw new Problem('TooComplexQuery', `Query looks at over ${plan.maxRows} entities`)
  const rows = prepare<PlacedEntity>(
    reader.database,
    'SELECT id, version, text, CAST(key AS TEXT) AS place FROM entity WHERE key > ? ORDER BY key LIMIT ?',
  ).all(Number(plan.after ?? 0), plan.limit + 1)
  const kept = rows.slice(0, plan.limit)
  const next = rows.length > plan.limit ? kept.at(-1)?.place : undefined
  return { rows: kept, exact: false, ...(next !== undefined && { next }) }
}
