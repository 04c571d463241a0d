import { badRequestData, Problem } from '../../../core/model/problem.ts'
import type { Micros } from '../../../core/model/time.ts'
import type { Page, QueryPlan } from '../../port/store.ts'
import { type KeptEntity, READING, type TenantCollections } from '../mongo-documents.ts'
import type { Capabilities } from './capabilities.ts'
import { type EntityFilter, fieldsOf, type Translation } from './filters.ts'
import { opaqueName } from './indexed-values.ts'
import { attributesOf } from './q-filter.ts'
import { queryFilter } from './query-filter.ts'

/** What a query may go by. */
export interface Queried extends Capabilities {
  /** All entities of the tenant have the entries that this program gives them. */
  readonly current: boolean
  readonly now: Micros
}

type Entities = TenantCollections['entities']

/**
 * Answers a page. Whether something has expired, or some attribute is beyond what entries tell, is asked for together with it:
 * then it is read again, without relying on that. @throws Problem
 */
export async function queryPage(
  { entities }: TenantCollections,
  plan: QueryPlan,
  { elementMatch, codePointOrder, current, now }: Queried,
): Promise<Page> {
  const { query } = plan
  const index = elementMatch && current ? { codePointOrder, certain: true } : undefined
  const hoped = queryFilter(query, index)
  const live = current ? {} : { text: { $exists: true } }
  const read = (translation: Translation) => readPage(entities, plan, translation, live)
  if (!hoped.exact && !(index && query.q)) return read(hoped)
  const reading = read(hoped)
  reading.catch(() => undefined) // it may not be asked for
  const names = index && query.q ? attributesOf(query.q).map(opaqueName) : []
  const [validUntil, isOpaque] = await Promise.all([earliestExpiry(entities), hasEntries(entities, names)])
  const certain = !isOpaque && (validUntil === undefined || validUntil > now)
  if (!certain) {
    const { filter } = queryFilter(query, index && { ...index, certain })
    return read({ filter, exact: false })
  }
  const page = await reading
  return { ...page, ...(page.exact && validUntil !== undefined && { validUntil }) }
}

/** Answers entities of which something has expired at this instant, the first to expire first. */
export async function expiredEntities(
  { entities }: TenantCollections,
  now: Micros,
  limit: number,
): Promise<readonly string[]> {
  const found = await entities
    .find({ validUntil: { $lte: now } })
    .sort({ validUntil: 1 })
    .limit(limit)
    .project<Pick<KeptEntity, '_id'>>({ _id: 1 })
    .toArray()
  return found.map(({ _id }) => _id)
}

async function readPage(
  entities: Entities,
  plan: QueryPlan,
  { filter, exact }: Translation,
  live: EntityFilter,
): Promise<Page> {
  const offset = exact ? (plan.offset ?? 0) : 0
  if (offset > plan.maxRows) throw tooComplex(plan)
  const limit = Math.min(plan.limit, plan.maxRows - offset)
  const behind = (place: number) => ({ ...live, ...filter, place: { $gt: place } })
  const [found, count] = await Promise.all([
    entities
      .find(behind(placeOf(plan)), READING)
      .sort({ place: 1 })
      .skip(offset)
      .limit(limit + 1)
      .project<Pick<KeptEntity, '_id' | 'version' | 'text' | 'place'>>({ version: 1, text: 1, place: 1 })
      .toArray(),
    plan.count && exact ? countMatches(entities, behind(0), plan) : undefined,
  ])
  if (found.length > limit && limit < plan.limit) throw tooComplex(plan)
  const rows = found
    .slice(0, limit)
    .map(({ _id, version, text = '', place }) => ({ id: _id, version, text, place: String(place) }))
  const next = found.length > limit ? (rows.at(-1)?.place ?? plan.after ?? '0') : undefined
  return {
    rows,
    exact,
    driver: fieldsOf(filter).join('+') || 'place',
    ...(next !== undefined && { next }),
    ...(count !== undefined && { count }),
  }
}

async function earliestExpiry(entities: Entities): Promise<Micros | undefined> {
  const sort = { validUntil: 1 } as const
  const first = await entities.findOne(
    { validUntil: { $gt: 0 } },
    { projection: { validUntil: 1 }, sort, ...READING },
  )
  return first?.validUntil
}

/** Tells whether any entity has an entry with one of these names. */
async function hasEntries(entities: Entities, names: readonly string[]): Promise<boolean> {
  if (names.length === 0) return false
  const found = await entities.findOne({ 'values.n': { $in: names } }, { projection: { _id: 1 }, ...READING })
  return found !== null
}

async function countMatches(entities: Entities, filter: EntityFilter, plan: QueryPlan): Promise<number> {
  const count = await entities.countDocuments(filter, { limit: plan.maxRows + 1, ...READING })
  if (count > plan.maxRows) throw tooComplex(plan)
  return count
}

function placeOf({ after = '0' }: QueryPlan): number {
  const place = Number(after)
  if (!Number.isSafeInteger(place)) throw badRequestData('Place to go on from is none that this store gave')
  return place
}

function tooComplex({ maxRows }: QueryPlan): Problem {
  return new Problem('TooComplexQuery', `Query looks at more than ${maxRows} entities`)
}
