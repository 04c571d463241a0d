import type { Attributes } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { SCOPE } from '../model/temporal.ts'
import type { Projection } from '../query/ast.ts'
import { isAttributeProjected } from './render.ts'
import type { Exposure, PersonalClass, View } from './view.ts'

/** How many instances of attributes, by the class of what they say of persons. */
export type ClassCounts = Readonly<Partial<Record<PersonalClass, number>>>

/** What an answer shows of persons, in counts. */
export interface Disclosure {
  /** Ids of the entities of which something is shown in clear. */
  readonly subjects: readonly string[]
  /** How many entities there are of which something is shown, in clear or masked. */
  readonly entities: number
  readonly clear: ClassCounts
  readonly masked: ClassCounts
}

/** Whose attributes are shown; instances may be those of history, or aggregates of them. */
export interface Disclosed {
  readonly id: string
  readonly types: readonly Iri[]
  readonly attributes: Readonly<Record<Iri, readonly DisclosedInstance[]>>
}

type DisclosedInstance = { readonly attributes?: Attributes } | { readonly methods: unknown }

/** How an answer picks attributes. */
export interface Picking {
  readonly pick?: Projection
  readonly omit?: Projection
}

/** How many entities of each type there are. */
export type Datasets = ReadonlyMap<Iri, number>

/** Takes down what is put into an answer: what of persons, undefined: nothing; and of how many entities, or of one of these types. */
export type Disclose = (shown: Disclosure | undefined, of?: Datasets | readonly Iri[]) => void

/** Counts one more entity. */
export function countTypes(counts: Map<Iri, number>, types: readonly Iri[]): void {
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1)
}

/** Answers what a caller is shown of persons with an entity that it sees; undefined: nothing. */
export function disclosureOf(entity: Disclosed, view: View, picking: Picking = {}): Disclosure | undefined {
  const { personal } = view
  if (!personal) return undefined
  const counts = { clear: {}, masked: {} }
  for (const name in entity.attributes) {
    if (isAttributeProjected(name, picking)) count(entity, name, { personal, counts })
  }
  const isClear = hasAny(counts.clear)
  if (!isClear && !hasAny(counts.masked)) return undefined
  return { subjects: isClear ? [entity.id] : [], entities: 1, ...counts }
}

/** Answers what several disclosures come to; undefined: there are none. */
export function sumOf(disclosures: readonly (Disclosure | undefined)[]): Disclosure | undefined {
  const all = disclosures.filter((each) => each !== undefined)
  if (all.length <= 1) return all[0]
  const clear: Counts = {}
  const masked: Counts = {}
  const subjects = new Set<string>()
  let entities = 0
  for (const each of all) {
    entities += each.entities
    for (const id of each.subjects) subjects.add(id)
    addAll(clear, each.clear)
    addAll(masked, each.masked)
  }
  return { subjects: [...subjects], entities, clear, masked }
}

/** Tells whether anything is counted. */
export function hasAny(counts: ClassCounts): boolean {
  return counts.basic !== undefined || counts.sensitive !== undefined || counts.unclassified !== undefined
}

type Counts = Partial<Record<PersonalClass, number>>

interface Counting {
  readonly personal: NonNullable<View['personal']>
  readonly counts: { readonly clear: Counts; readonly masked: Counts }
}

/** Sub-attributes have classes of their own, on entities of the same types. */
function count(
  { types, attributes }: Pick<Disclosed, 'types' | 'attributes'>,
  name: Iri,
  counting: Counting,
): void {
  const instances = attributes[name] ?? []
  const exposure = name === SCOPE ? undefined : counting.personal(types, name)
  if (exposure) add(counting.counts, exposure, instances.length)
  for (const instance of instances) {
    const inside = 'attributes' in instance ? instance.attributes : undefined
    if (!inside) continue
    for (const sub in inside) count({ types, attributes: inside }, sub, counting)
  }
}

function add(counts: Counting['counts'], exposure: Exposure, number: number): void {
  const to = exposure.clear ? counts.clear : counts.masked
  to[exposure.class] = (to[exposure.class] ?? 0) + number
}

function addAll(to: Counts, counts: ClassCounts): void {
  for (const [name, number] of Object.entries(counts) as [PersonalClass, number][]) // its only keys
    to[name] = (to[name] ?? 0) + number
}
