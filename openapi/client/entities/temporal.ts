import type { operations } from '../../generated/types.ts'
import { typeSelection } from '../query/names.ts'
import { dateTime } from '../query/values.ts'
import { type Answers, answers, type Page } from '../transport/pages.ts'
import type { Question, Transport } from '../transport/transport.ts'
import { lines } from './entities.ts'
import type { AttributeName, EntityNamed, One, Picked, TypeName, ValueOf } from './entity-types.ts'
import { type Filter, type MemberName, type OtherParameters, questionOf } from './query-options.ts'

const PATH = '/ngsi-ld/v1/temporal/entities'

/** How evolutions are written (CIM 009 v1.9.1, 4.5.6 to 4.5.9, 4.5.19). */
export type TemporalFormat = 'normalized' | 'concise' | 'temporalValues' | 'aggregatedValues'

/** What aggregates are made of; each answers value, begin and end of its period. */
export type AggregationMethod =
  | 'totalCount'
  | 'distinctCount'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'stddev'
  | 'sumsq'

/** The evolution of an entity: for each attribute its instances, its values with their times, or aggregates of them. */
export type Evolution<Entity, Form extends TemporalFormat> = {
  readonly id: string
  readonly type: string | readonly string[]
} & {
  readonly [Name in AttributeName<Entity> & keyof Entity]?: Form extends 'temporalValues'
    ? { readonly type: string; readonly values: readonly (readonly [ValueOf<One<Entity[Name]>>, string])[] }
    : Form extends 'aggregatedValues'
      ? { readonly type: string } & {
          readonly [Method in AggregationMethod]?: readonly (readonly [number, string, string])[]
        }
      : readonly (One<Entity[Name]> & { readonly instanceId?: string })[]
}

type Parameters = NonNullable<operations['queryTemporalEvolution']['parameters']['query']>

/** Which time of evolutions is meant, and how they are answered. */
export interface TemporalView<Entity, Form extends TemporalFormat, Names> {
  /** The first instant, and the one before which it ends; all of time, where neither is said. */
  readonly from?: Date | string
  readonly to?: Date | string
  readonly format?: Form
  readonly pick?: Names
  readonly omit?: string | readonly MemberName<Entity>[]
  /** What is aggregated, and over which periods (ISO 8601, such as `P1D`). */
  readonly aggregate?: readonly AggregationMethod[]
  readonly period?: string
}

type Others = Omit<
  OtherParameters<Parameters>,
  'timerel' | 'timeAt' | 'endTimeAt' | 'aggrMethods' | 'aggrPeriodDuration'
>

type TemporalOptions<Types, Entity, Form extends TemporalFormat, Names> = Filter<Types, Entity> &
  TemporalView<Entity, Form, Names> &
  Others

/** What entities were, typed by the name of their type. */
export class Temporal<Types> {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * Query Temporal Evolution of Entities (5.7.4): all that match, page by page. Where the hub answers a part of the time, the same
   * entities come again with what follows, so that every instance comes once. @throws TypeError
   */
  query<
    Name extends TypeName<Types>,
    Form extends TemporalFormat = 'normalized',
    const Names extends string | readonly MemberName<EntityNamed<Types, Name>>[] = string,
  >(
    type: Name | readonly Name[],
    options: TemporalOptions<Types, EntityNamed<Types, Name>, Form, Names>,
  ): Answers<Picked<Evolution<EntityNamed<Types, Name>, Form>, Names>> {
    const question = questionOf(parametersOf(options), { type: typeSelection(type) })
    return this.#answers({ path: PATH, ...question })
  }

  /** Retrieve Temporal Evolution of an Entity (5.7.3), in as many parts as it takes: every instance comes once. */
  retrieve<
    Name extends TypeName<Types>,
    Form extends TemporalFormat = 'normalized',
    const Names extends string | readonly MemberName<EntityNamed<Types, Name>>[] = string,
  >(
    _type: Name,
    id: string,
    options: Omit<
      TemporalOptions<Types, EntityNamed<Types, Name>, Form, Names>,
      | Exclude<keyof Filter<unknown, unknown>, 'signal' | 'headers'>
      | 'limit'
      | 'offset'
      | 'count'
      | 'orderBy'
      | 'collation'
      | 'csf'
      | 'splitEntities'
      | 'expandValues'
      | 'jsonKeys'
    > = {},
  ): Answers<Picked<Evolution<EntityNamed<Types, Name>, Form>, Names>> {
    const question = questionOf(parametersOf(options))
    return this.#answers({ path: `${PATH}/${encodeURIComponent(id)}`, ...question })
  }

  /** All of that time, as a stream without pages, of what this hub has itself. @throws HubProblem */
  export<
    Name extends TypeName<Types>,
    Form extends TemporalFormat = 'normalized',
    const Names extends string | readonly MemberName<EntityNamed<Types, Name>>[] = string,
  >(
    type: Name | readonly Name[],
    options: TemporalOptions<Types, EntityNamed<Types, Name>, Form, Names>,
  ): AsyncIterable<Picked<Evolution<EntityNamed<Types, Name>, Form>, Names>> {
    const { query, ...question } = questionOf(parametersOf(options), {
      type: typeSelection(type),
      local: true,
    })
    return lines(this.#transport, { path: PATH, accept: 'application/x-ndjson', query, ...question })
  }

  #answers<Item extends object>(question: Question): Answers<Item> {
    const following = (page: Page<Item>, request: Request) => partsAfter(this.#transport, page, request)
    return answers<Item>(this.#transport, () => ({ accept: 'application/json', ...question }), following)
  }
}

interface AnyView {
  readonly from?: Date | string
  readonly to?: Date | string
  readonly aggregate?: readonly string[]
  readonly period?: string
}

/** Says in the parameters of the API which time is meant (4.11). */
function parametersOf({ from, to, aggregate, period, ...options }: AnyView): Parameters {
  const at = from ?? to
  return {
    ...options,
    ...(at !== undefined && {
      timerel: from === undefined ? 'before' : to === undefined ? 'after' : 'between',
      timeAt: dateTime(at),
    }),
    ...(from !== undefined && to !== undefined && { endTimeAt: dateTime(to) }),
    ...(aggregate && { aggrMethods: aggregate.join(',') }),
    ...(period !== undefined && { aggrPeriodDuration: period }),
  }
}

const RANGE = /^\S+ (.+Z)-(.+Z)\/(\S+)$/

/**
 * What follows a part (6.3.10), which ends at the same time for all: its entities from there on. That instant comes again, and is left
 * out. A part that goes back in time (`lastN`) is all that was asked for and is not followed.
 */
async function* partsAfter<Item extends object>(
  transport: Transport,
  first: Page<Item>,
  request: Request,
): AsyncGenerator<Item> {
  const url = new URL(request.url)
  if (url.searchParams.has('lastN')) return
  const ids = first.items.map((item) => String(Reflect.get(item, 'id')))
  if (url.pathname.endsWith(PATH)) {
    // what selects entities looks at all of the time, of which this is a rest
    for (const name of SELECTING) url.searchParams.delete(name)
    url.searchParams.set('id', ids.join(','))
    url.searchParams.set('limit', String(ids.length))
  }
  let page = first
  for (;;) {
    const [, , end] = RANGE.exec(page.headers.get('content-range') ?? '') ?? []
    if (end === undefined || url.searchParams.get('timeAt') === end) return
    beginAt(url.searchParams, end)
    const response = await transport.fetch(new Request(url, request))
    const content: unknown = await response.json()
    const told = page.items
    page = { ...page, items: [content].flat() as readonly Item[], headers: response.headers } // the same question
    yield* page.items.map((item) => withoutTold(item, told)).filter(hasInstances)
  }
}

const SELECTING = ['q', 'georel', 'geometry', 'coordinates', 'geoproperty', 'idPattern', 'after', 'offset']

function beginAt(parameters: URLSearchParams, end: string): void {
  const to = parameters.get('timerel') === 'before' ? parameters.get('timeAt') : parameters.get('endTimeAt')
  parameters.set('timerel', to === null ? 'after' : 'between')
  parameters.set('timeAt', end)
  if (to !== null) parameters.set('endTimeAt', to)
}

/** Leaves out the instances that the part before ended with, and told. */
function withoutTold<Item extends object>(item: Item, before: readonly Item[]): Item {
  const told = before.find((one) => Reflect.get(one, 'id') === Reflect.get(item, 'id'))
  if (!told) return item
  const members = Object.entries(item).map(([name, value]) => {
    const known = new Set(listOf(Reflect.get(told, name)).map((one) => JSON.stringify(one)))
    return [name, withList(value, (list) => list.filter((one) => !known.has(JSON.stringify(one))))]
  })
  return Object.fromEntries(members) as Item // the same members
}

/** The instances of an attribute: a list, or the values of a list with their times. */
function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  const values: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'values') : undefined
  return Array.isArray(values) ? values : []
}

function withList(value: unknown, change: (list: readonly unknown[]) => readonly unknown[]): unknown {
  if (Array.isArray(value)) return change(value)
  const list = listOf(value)
  return list.length === 0 ? value : { ...(value as object), values: change(list) } // it has a list
}

function hasInstances(item: object): boolean {
  return Object.values(item).some((value) => listOf(value).length > 0)
}
