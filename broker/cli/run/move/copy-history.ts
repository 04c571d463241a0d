import type { Iri } from '../../../core/model/iri.ts'
import { canonicalJson } from '../../../core/model/json.ts'
import { type HistoryStretch, type MovedEntity, timeOf } from '../../../store/port/moved-store.ts'
import type { HistoryInstance } from '../../../store/port/store.ts'
import type { CopyOrder } from './copy-tenant.ts'
import { areSame, type Compared, type ComparedRange, PartTally } from './part-tally.ts'

/** Instances of one attribute that are compared at once. */
const PAGE = 250
/** Entities whose histories are compared at the same time. */
const AT_ONCE = 8
const ENTITIES = 200
const ALL = 1_000_000_000

/** A stretch of the history of an entity, and what both stores have in it. */
interface Stretch {
  readonly entity: MovedEntity
  readonly stretch: HistoryStretch
  readonly source: readonly HistoryInstance[]
  readonly target: readonly HistoryInstance[]
}

/** Makes one store have the histories that the other one has; the entities are there. */
export async function copyHistory(order: CopyOrder): Promise<Compared> {
  const { from, tenant, progress } = order
  const tally = new PartTally('history')
  let after = ''
  for (;;) {
    const entities = await from.entities(tenant, after, ENTITIES)
    for (let at = 0; at < entities.length; at += AT_ONCE)
      await Promise.all(entities.slice(at, at + AT_ONCE).map((entity) => copyOne(order, entity, tally)))
    progress('history', tally.pieces)
    const last = entities.at(-1)
    if (!last || entities.length < ENTITIES) return tally.end()
    after = last.id
  }
}

/** A long history goes attribute by attribute, by stretches of time; any other at once. */
async function copyOne(order: CopyOrder, entity: MovedEntity, tally: PartTally): Promise<void> {
  const { from, to, tenant } = order
  const query = { order: 'oldest', perAttribute: PAGE } as const
  const [source, target] = await Promise.all([
    from.instances(tenant, entity.id, query),
    to.instances(tenant, entity.id, query),
  ])
  const names = new Set([...source, ...target].map(({ attribute }) => attribute))
  const isLong = [source, target].some((list) => hasSeriesOf(PAGE, list))
  if (!isLong) tally.add(await copyStretch(order, { entity, stretch: {}, source, target }))
  else for (const attribute of names) await copySeries(order, { entity, attribute }, tally)
}

async function copySeries(
  order: CopyOrder,
  { entity, attribute }: { readonly entity: MovedEntity; readonly attribute: Iri },
  tally: PartTally,
): Promise<void> {
  const { from, to, tenant } = order
  const query = { attributes: [attribute], order: 'oldest' } as const
  let start: number | undefined
  for (;;) {
    const window = start === undefined ? {} : { from: start }
    const page = await from.instances(tenant, entity.id, { ...query, window, perAttribute: PAGE })
    const last = page.length < PAGE ? undefined : page.at(-1)
    // what is at one instant stays together, however much it is
    const end = last && (page[0] && timeOf(page[0]) === timeOf(last) ? timeOf(last) + 1 : timeOf(last))
    const range = { ...window, ...(end !== undefined && { to: end }) }
    const inRange = { ...query, window: range, perAttribute: ALL }
    const [source, target] = await Promise.all([
      from.instances(tenant, entity.id, inRange),
      to.instances(tenant, entity.id, inRange),
    ])
    tally.add(await copyStretch(order, { entity, stretch: { attribute, ...range }, source, target }))
    if (end === undefined) return
    start = end
  }
}

async function copyStretch(
  { to, tenant }: CopyOrder,
  { entity, stretch, source, target }: Stretch,
): Promise<ComparedRange> {
  const texts = textsOf(source)
  if (areSame(texts, textsOf(target))) return { from: texts, to: texts, written: false }
  await to.takeInstances(tenant, entity, stretch, source)
  const { attribute, ...window } = stretch
  const query = {
    order: 'oldest',
    window,
    perAttribute: ALL,
    ...(attribute && { attributes: [attribute] }),
  } as const
  return { from: texts, to: textsOf(await to.instances(tenant, entity.id, query)), written: true }
}

function hasSeriesOf(most: number, instances: readonly HistoryInstance[]): boolean {
  const counts = new Map<Iri, number>()
  for (const { attribute } of instances) counts.set(attribute, (counts.get(attribute) ?? 0) + 1)
  return [...counts.values()].some((count) => count >= most)
}

/** Stores may order otherwise what is at one instant. */
function textsOf(instances: readonly HistoryInstance[]): readonly string[] {
  return instances.map(textOf).sort()
}

function textOf(told: HistoryInstance): string {
  const { instanceId, attribute, datasetId = null, observedAt = null, modifiedAt, deletedAt = null } = told
  return canonicalJson([
    instanceId,
    attribute,
    datasetId,
    observedAt,
    modifiedAt,
    deletedAt,
    told.text ?? null,
  ])
}
