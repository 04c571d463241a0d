import { badRequestData, Problem } from '../../../core/model/problem.ts'
import type { Micros } from '../../../core/model/time.ts'
import type { EntityQuery } from '../../../core/query/ast.ts'
import type { Page, QueryPlan } from '../../port/store.ts'
import type { TenantReader } from '../tenant-reader.ts'
import type { Index } from './query-conditions.ts'
import { type Arm, cheapest, type Drive, isOrdered, type Node } from './query-node.ts'
import { join, type Sql, sql, TRUE } from './sql.ts'
import { translateQuery } from './translate-query.ts'

/** What is to be asked of SQLite for one page. */
export interface PageSql {
  /** Selects the keys of the page, and one more, in order. */
  readonly keys: Sql
  /** Answers a row when more entries would have to be looked at than the plan allows; absent: that cannot be. */
  readonly overflow?: (after: number) => Sql
  /** Counts all matches, or as many as may be looked at and one more. */
  readonly count: Sql
  /** So many of the keys make the page. */
  readonly limit: number
  readonly exact: boolean
  /** Tables that the candidates are taken from. */
  readonly driver: string
}

/** Answers a page of the entities that a query may match at this instant. @throws Problem TooComplexQuery */
export function queryEntities(reader: TenantReader, plan: QueryPlan, now: Micros): Page {
  return reader.inOneState(() => {
    const validUntil = reader.earliestExpiry()
    const expired = validUntil !== undefined && validUntil <= now
    const page = reader.planned(planKey(plan, expired), () => pageSql(reader, plan, expired))
    const { exact } = page
    const found = reader.placed(page.keys)
    const more = found.length > page.limit
    if (more && page.limit < plan.limit) throw tooComplex(plan)
    if (!more) checkLookedAt(reader, plan, page.overflow?.(placeOf(plan)))
    const rows = more ? found.slice(0, page.limit) : found
    const next = more ? (rows.at(-1)?.place ?? plan.after ?? '0') : undefined
    const count = plan.count && exact ? countMatches(reader, plan, page) : undefined
    return {
      rows,
      exact,
      driver: page.driver,
      ...(exact && validUntil !== undefined && { validUntil }),
      ...(next !== undefined && { next }),
      ...(count !== undefined && { count }),
    }
  })
}

/** Names what the SQL of a page is written from, besides what the file holds. */
function planKey({ query, limit, after, offset, maxRows }: QueryPlan, expired: boolean): string {
  return JSON.stringify([limit, after, offset, maxRows, expired, query])
}

/** Writes the SQL of a page, driven by the index range with the fewest entries; `expired`: some entity has. @throws Problem TooComplexQuery */
export function pageSql(reader: TenantReader, plan: QueryPlan, expired = false): PageSql {
  const index = indexOf(reader, expired)
  const node = translateQuery(plan.query, index)
  const exact = node.exact && !expired
  const offset = exact ? (plan.offset ?? 0) : 0
  if (offset > plan.maxRows) throw tooComplex(plan)
  const limit = Math.min(plan.limit, plan.maxRows - offset)
  const drive = chooseDrive(node, index, plan.maxRows)
  const large = isFiltered(drive) && index.estimate(drive, plan.maxRows + 1) > plan.maxRows
  const most = large ? plan.maxRows : undefined
  const select = (after: number) =>
    join(
      drive.arms.map((arm) => armSql(arm, after, most)),
      ' UNION ',
    )
  const none = drive.arms.length === 0
  return {
    keys: none
      ? NO_KEY
      : sql`${select(placeOf(plan))} ORDER BY 1 LIMIT ${limit + 1} + 0 OFFSET ${offset} + 0`,
    count: none ? NO_COUNT : sql`SELECT count(*) AS count FROM (${select(0)} LIMIT ${plan.maxRows + 1} + 0)`,
    limit,
    exact,
    driver: driverOf(drive),
    ...(large && { overflow: (after) => overflowSql(drive, after, plan.maxRows) }),
  }
}

// A large drive without order would have to be sorted as a whole: then rather all entities in theirs.
function chooseDrive(node: Node, index: Index, maxRows: number): Drive {
  const drive = cheapest(node.drives, index.estimate)
  if (drive && (isOrdered(drive) || index.estimate(drive, maxRows + 1) <= maxRows)) return drive
  return everyEntity(node.probe(sql`x.key`))
}

/** Names the tables of a drive; what is read of `entity` without an id is all of it. */
function driverOf({ arms }: Drive): string {
  if (arms.length === 0) return 'nothing'
  const tables = arms.map(({ from }) => /(\w+) AS x$/.exec(from.text)?.[1] ?? 'other')
  return [...new Set(tables)].sort().join('+')
}

function placeOf({ after = '0' }: QueryPlan): number {
  const place = Number(after)
  if (!Number.isSafeInteger(place)) throw badRequestData('Place to go on from is none that this store gave')
  return place
}

const NO_KEY = sql`SELECT 0 AS key WHERE 0`
const NO_COUNT = sql`SELECT 0 AS count`

function everyEntity(filter: Sql): Drive {
  const filters = filter.text === TRUE.text ? [] : [filter]
  return { arms: [{ from: sql`entity AS x`, where: TRUE, key: sql`x.key`, filters, ordered: true }] }
}

function indexOf(reader: TenantReader, expired: boolean): Index {
  return {
    names: reader.names,
    estimate: (drive, cap) =>
      drive.arms.reduce((sum, arm) => sum + (sum >= cap ? 0 : armSize(reader, arm, cap)), 0),
    hasKind: (attribute, kind) =>
      reader.all(sql`SELECT 1 FROM scalar WHERE attribute = ${attribute} AND kind = ${kind} LIMIT 1`).length >
      0,
    holdsExpired: () => expired,
  }
}

function armSize(reader: TenantReader, { from, where }: Arm, cap: number): number {
  const [[size] = [0]] = reader.all<readonly [size: number]>(
    sql`SELECT count(*) AS size FROM (SELECT 1 FROM ${from} WHERE ${where} LIMIT ${cap} + 0)`,
  )
  return size
}

function isFiltered({ arms }: Drive): boolean {
  return arms.some(({ filters }) => filters.length > 0)
}

/** Selects the keys of one arm, in order, each once; with `most` no more entries than that are looked at. */
function armSql({ from, where, key, filters, ordered }: Arm, after: number, most?: number): Sql {
  const each = ordered ? sql`SELECT` : sql`SELECT DISTINCT`
  const tests = join([where, sql`${key} > ${after}`, ...(most === undefined ? filters : [])], ' AND ')
  const entries = sql`${each} ${key} AS key FROM ${from} WHERE ${tests}`
  if (most === undefined || filters.length === 0) return entries
  const bounded = sql`SELECT ${key} AS entity, ${key} AS key FROM ${from} WHERE ${tests} ORDER BY ${key} LIMIT ${most} + 0`
  return sql`SELECT x.entity AS key FROM (${bounded}) AS x WHERE ${join(filters, ' AND ')}`
}

function overflowSql({ arms }: Drive, after: number, most: number): Sql {
  const beyond = arms.map(
    ({ from, where, key }) =>
      sql`SELECT * FROM (SELECT 1 FROM ${from} WHERE ${where} AND ${key} > ${after} ORDER BY ${key} LIMIT 1 OFFSET ${most} + 0)`,
  )
  return join(beyond, ' UNION ALL ')
}

function countMatches(reader: TenantReader, plan: QueryPlan, { count, overflow }: PageSql): number {
  const known = knownCount(reader, plan.query)
  if (known !== undefined) return known
  checkLookedAt(reader, plan, overflow?.(0))
  const [[found] = [0]] = reader.all<readonly [count: number]>(count)
  if (found > plan.maxRows) throw tooComplex(plan)
  return found
}

/** Counters know how many entities there are, and how many of one type. */
function knownCount(reader: TenantReader, query: EntityQuery): number | undefined {
  const { types, ...others } = query
  if (Object.values(others).some((part) => part !== undefined)) return undefined
  if (types?.kind === 'type') return reader.countOf(types.type)
  return !types || types.kind === 'any' ? reader.countAll() : undefined
}

function checkLookedAt(reader: TenantReader, plan: QueryPlan, overflow: Sql | undefined): void {
  if (overflow && reader.all(overflow).length > 0) throw tooComplex(plan)
}

function tooComplex({ maxRows }: QueryPlan): Problem {
  return new Problem('TooComplexQuery', `Query looks at more than ${maxRows} entities`)
}
