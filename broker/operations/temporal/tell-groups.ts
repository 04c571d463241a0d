import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { canonicalJson, type JsonValue, unwrapped } from '../../core/model/json.ts'
import type { TemporalEntity } from '../../core/model/temporal.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import type { AggregatedAttributes } from '../../core/temporal/aggregate.ts'
import type { Aggregation } from '../../core/temporal/aggregation.ts'
import { CrowdAverages } from '../../core/temporal/crowd-averages.ts'
import { refuseSingling } from '../../core/temporal/refuse-singling.ts'
import { asksCrowd, type Crowd, type CrowdHistory, refuseTelling } from '../../core/view/crowd.ts'
import { likenessOf } from '../../core/view/release.ts'
import { isAttributeProjected } from '../../core/view/render.ts'
import { see } from '../../core/view/see.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'
import type { Command } from '../command.ts'
import type { AskedOfEvolutions } from './evolution-content.ts'
import type { EvolutionPart } from './export-evolutions.ts'
import { findHeads } from './find-heads.ts'
import type { GroupShare } from './group-room.ts'
import type { EvolutionReading } from './read-dependencies.ts'
import { stateOf } from './see-evolution.ts'

/** A crowd of whose history something is told. */
export type CrowdWithHistory = Crowd & { readonly history: CrowdHistory }

/** Aggregates of history that are asked for. */
export type AskedOfGroups = Command & AskedOfEvolutions & { readonly aggregation: Aggregation }

/** What telling of groups works with. */
export interface GroupTelling extends EvolutionReading {
  /** Makes the share that one request has of what all together may hold. */
  readonly groups: () => GroupShare
}

/** What aggregates the history of one entity as it is seen by a view. */
export type AggregateOne = (
  view: Crowd['view'],
  head: EvolutionHead,
  asked: AskedOfGroups,
) => AsyncIterable<EvolutionPart>

/**
 * Answers the crowds of whose history a query asks for aggregates. @throws Problem Forbidden where what it asks for could be
 * told from another answer by few
 */
export function askedGroups({
  aggregation,
  ...asked
}: Command & AskedOfEvolutions): readonly CrowdWithHistory[] {
  if (!aggregation) return []
  const { caller, tenant, query } = asked
  const told = (caller.view(tenant).crowds ?? []).flatMap((crowd) => (hasHistory(crowd) ? [crowd] : []))
  const crowds = told.filter((crowd) => asksCrowd(query, crowd))
  for (const crowd of crowds) {
    refuseTelling(query, crowd)
    refuseSingling({ ...asked, aggregation }, crowd.history)
  }
  return crowds
}

function hasHistory(crowd: Crowd): crowd is CrowdWithHistory {
  return crowd.history !== undefined
}

/**
 * Tells of the history of a crowd: groups of entities that are alike in all that its rule names, whole or not at all, with
 * averages of periods that have ended. An entity is in the group that it is, or was last, like. @throws Problem
 * TooComplexQuery, TooManyRequests
 */
export async function* tellGroups(
  dependencies: GroupTelling,
  asked: AskedOfGroups,
  crowd: CrowdWithHistory,
  aggregate: AggregateOne,
): AsyncGenerator<EvolutionPart> {
  const share = dependencies.groups()
  try {
    const { groups, averages } = await gathered({ ...dependencies, share }, asked, crowd, aggregate)
    for (const [group, aggregated] of averages.told(asked.aggregation.methods)) {
      const content = groups.get(group)
      if (content) yield { content, aggregated }
    }
  } finally {
    share.leave()
  }
}

/** Answers the groups of which there is a value, as they are told, and what all their entities come to. */
async function gathered(
  dependencies: EvolutionReading & { readonly share: GroupShare },
  asked: AskedOfGroups,
  crowd: CrowdWithHistory,
  aggregate: AggregateOne,
): Promise<{ readonly groups: ReadonlyMap<string, TemporalEntity>; readonly averages: CrowdAverages }> {
  const { engine, clock, share } = dependencies
  const { query, table } = asked
  const groups = new Map<string, TemporalEntity>()
  const averages = new CrowdAverages(crowd)
  const each = eachOf(asked, crowd.history)
  for await (const head of headsOf(dependencies, asked, crowd)) {
    const state = atTime(stateOf(head), clock())
    const seen = state && see(state, crowd.view)
    if (!seen || !matchEntity(query, seen, engine)) continue
    const group = likenessOf(seen, crowd)
    const place = crowd.place(head.id)
    for await (const { aggregated = {} } of aggregate(crowd.view, head, each))
      for (const [attribute, { value, ...period }] of averagesIn(aggregated)) {
        if (period.to > clock()) continue
        share.hold()
        averages.add({ group, attribute }, period, { place, value })
        if (!groups.has(group)) groups.set(group, groupOf(seen, crowd, table))
      }
  }
  return { groups, averages }
}

async function* headsOf(
  { store, engine, share }: EvolutionReading & { readonly share: GroupShare },
  { tenant, query: { types } }: AskedOfGroups,
  { view }: Crowd,
): AsyncGenerator<EvolutionHead> {
  const query: EntityQuery = types ? { types } : {}
  for await (const heads of findHeads(store, { engine }, { tenant, query, view }, share)) yield* heads
}

/** What is asked of each entity: its average, of what the rule names and the query wants. */
function eachOf(asked: AskedOfGroups, { of }: CrowdHistory): AskedOfGroups {
  const { options, aggregation } = asked
  const names = [...of].filter((name) => isAttributeProjected(name, options))
  const pick = { members: new Set<never>(), attributes: new Map(names.map((name) => [name, undefined])) }
  return {
    ...asked,
    query: {},
    options: { format: 'aggregatedValues', pick, ...(options.property && { property: options.property }) },
    aggregation: { ...aggregation, methods: ['avg'] },
  }
}

interface Average {
  readonly value: number
  readonly from: number
  readonly to: number
}

/** Only what has no datasetId: there is one of an entity. */
function averagesIn(aggregated: AggregatedAttributes): readonly (readonly [Iri, Average])[] {
  return Object.entries(aggregated).flatMap(([name, series]) =>
    series
      .filter(({ type, datasetId }) => type === 'Property' && datasetId === undefined)
      .flatMap(({ methods }) => methods.get('avg') ?? [])
      .flatMap(({ value, from, to }) =>
        typeof value === 'number' ? [[name, { value, from, to }] as const] : [],
      ),
  )
}

/** A group has nothing but what its entities have in common, which is its id too. */
function groupOf(
  { types, scopes, attributes }: Entity,
  { by, byScope }: Crowd,
  table: TermTable,
): TemporalEntity {
  const values = [...by].sort().flatMap((name) => {
    const instances = attributes[name] ?? []
    const [first, second] = instances
    if (!first) return []
    const all = instances.map(({ datasetId, value }) => [datasetId ?? null, value] as const)
    return [[table.compact(name), second ? canonicalJson(all) : textOf(first.value)] as const]
  })
  const all = [...values, ...(byScope && scopes ? [['scope', scopes.join(',')] as const] : [])]
  const parts = all.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  const names = types.map((type) => encodeURIComponent(table.compact(type)))
  return {
    id: `urn:ngsi-ld:Group:${[names.join(','), ...parts].join(':')}`,
    types,
    createdAt: 0,
    modifiedAt: 0,
    attributes: {},
  }
}

function textOf(value: JsonValue): string {
  const plain = unwrapped(value)
  return typeof plain === 'object' ? canonicalJson(plain) : String(plain)
}
