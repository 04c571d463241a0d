import type { TermTable } from '../../core/context/term-table.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { parseQ } from '../../core/query/parse-q.ts'
import { parseTypeSelection } from '../../core/query/parse-type-selection.ts'
import type { View } from '../../core/view/view.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import type { Command } from '../command.ts'
import { findMatches } from '../entities/find-matches.ts'
import type { ReadDependencies } from '../entities/read-dependencies.ts'
import { look } from '../entities/render-entity.ts'
import { type Brought, type DescribedFeed, describedFeed } from './described-feed.ts'

/** What a feed brought of one type, as far as the caller may know of it. */
export interface Dataset {
  readonly feed: DescribedFeed
  readonly brought: Brought
  readonly type: CatalogType
  /** How good it was on the last day that is told of: shares by the dimension of quality. */
  readonly quality: Readonly<Record<string, number>>
}

/** A type as the ontology has it. */
export interface CatalogType {
  readonly name: string
  readonly iri: Iri
  readonly label: { readonly vi: string; readonly en: string }
  readonly definition: { readonly vi: string; readonly en: string }
}

/** What the operations of the catalogue work with. */
export interface CatalogDependencies extends ReadDependencies {
  /** The table of the ontology. */
  readonly table: () => Promise<TermTable>
  /** Types of the ontology by their names. */
  readonly types: () => ReadonlyMap<string, CatalogType>
}

export interface ListDatasets extends Pick<Command, 'caller' | 'tenant'> {
  readonly limit: number
  /** Name of the last dataset of the page before. */
  readonly after?: string
  /** The only one that is wanted. */
  readonly only?: string
}

/** A page of datasets in the order of their names. */
export interface Datasets {
  readonly datasets: readonly Dataset[]
  readonly more: boolean
}

const FEED = 'feed:'
const ASSESSMENT = 'DataQualityAssessment'
/** Dimensions by the names that the ontology has for them, with what their shares are of. */
const DIMENSIONS = {
  timeliness: 'expectedCount',
  completeness: 'expectedCount',
  correctness: 'observedCount',
  cleanness: 'observedCount',
} as const
/** So many attributes of a type are looked at. */
const MOST_ASSESSED = 200

/** Names a dataset: the feed, and the type that it brought. */
export function datasetName({ feed, type }: Pick<Dataset, 'feed' | 'type'>): string {
  return `${feed.name}.${type.name}`
}

/**
 * Lists what feeds brought, of which the caller sees at least one entity now: so the rules, purposes and masks that hold for entities
 * hold for what is told of them, and no right is needed but that to read them.
 */
export const listDatasets =
  (dependencies: CatalogDependencies) =>
  async ({ caller, tenant, limit, after = '', only }: ListDatasets): Promise<Datasets> => {
    caller.check('read', tenant, { resource: 'entity' })
    const reading = { ...dependencies, caller, tenant }
    const datasets: Dataset[] = []
    for (const offered of await offers(dependencies, tenant)) {
      const name = datasetName(offered)
      if (compareText(name, after) <= 0 || (only !== undefined && name !== only)) continue
      const [seen] = await entities(reading, offered.type.name, { source: offered.feed.source }, 1)
      if (!seen) continue
      if (datasets.length === limit) return { datasets, more: true }
      datasets.push({ ...told(offered, caller.view(tenant)), quality: await qualityOf(reading, offered) })
    }
    return { datasets, more: false }
  }

type Offered = Omit<Dataset, 'quality'>
type Reading = CatalogDependencies & Pick<Command, 'caller' | 'tenant'>

/** From when to when it is tells of entities that the caller may not see: of that only who sees all of the type is told. */
function told(offered: Offered, view: View): Offered {
  return view.admitsAll(offered.type.iri) ? offered : { ...offered, brought: { type: offered.brought.type } }
}

/** All that feeds say they brought, of types that the ontology knows, in the order of their names. */
async function offers(
  { store, types }: CatalogDependencies,
  tenant: Command['tenant'],
): Promise<readonly Offered[]> {
  const known = types()
  const all: Offered[] = []
  for await (const { document } of walkDocuments(store, tenant, 'feed', FEED)) {
    const feed = describedFeed(document)
    for (const brought of feed?.brought ?? []) {
      const type = known.get(brought.type)
      if (feed && type) all.push({ feed, brought, type })
    }
  }
  return all.sort((left, right) => compareText(datasetName(left), datasetName(right)))
}

/** Answers entities of a type whose attributes are so, as the caller sees them; none where looking for them costs too much. */
async function entities(
  { caller, tenant, table, ...dependencies }: Reading,
  type: string,
  wanted: Readonly<Record<string, string>>,
  limit: number,
): Promise<readonly Entity[]> {
  const terms = await table()
  const q = Object.entries(wanted)
    .map(([name, text]) => `${name}==${JSON.stringify(text)}`)
    .join(';')
  const query = { types: parseTypeSelection(type, terms), q: parseQ(q, { table: terms }) }
  const view = caller.view(tenant)
  const found: Entity[] = []
  try {
    for await (const { row, sight } of findMatches(dependencies, { tenant, query, limit, offset: 0 }, view)) {
      const { seen } = sight ?? look(row, view, dependencies.clock())
      if (seen) found.push(seen)
      if (found.length === limit) break
    }
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'TooComplexQuery')) throw error
  }
  return found
}

/** Takes the attributes of the type together, each by how many values it is of. */
async function qualityOf(reading: Reading, { feed, type }: Offered): Promise<Dataset['quality']> {
  const wanted = { feedCode: feed.name, assessedType: type.name }
  const told = await entities(reading, ASSESSMENT, wanted, MOST_ASSESSED)
  const { expand } = await reading.table()
  const numberOf = ({ attributes }: Entity, name: string): number | undefined => {
    const value = attributes[expand(name)]?.[0]?.value
    return typeof value === 'number' ? value : undefined
  }
  const shares = Object.entries(DIMENSIONS).flatMap(([dimension, base]) => {
    const parts = told.flatMap((one) => {
      const [share, weight] = [numberOf(one, dimension), numberOf(one, base)]
      return share === undefined || weight === undefined ? [] : [{ share, weight }]
    })
    const weight = parts.reduce((sum, one) => sum + one.weight, 0)
    const sum = parts.reduce((all, one) => all + one.share * one.weight, 0)
    return weight > 0 ? [[dimension, Math.round((sum / weight) * 10_000) / 10_000] as const] : []
  })
  return Object.fromEntries(shares)
}
