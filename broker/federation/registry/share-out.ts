import type { Iri } from '../../core/model/iri.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import type { Forward } from './match-registrations.ts'
import type { Registration, RegistrationMode } from './registration.ts'
import { isProxied } from './taken-by.ts'

/** Attributes by name, or whatever an entity has, known here or not. */
export type AttributeSet = readonly Iri[] | 'everything'

/** A write of one entity, as far as it decides who gets which part of it. Batches share out each of their entities. */
export interface SharedWrite {
  /** Name of 4.20 that a source has to support. */
  readonly operation: string
  /** Any of these will do as well: what a batch is made of. */
  readonly instead?: readonly string[]
  /** What is written; `everything`: the entity itself (Delete, Purge). */
  readonly attributes: AttributeSet
  /** Instances that the content has of each attribute, by datasetId, `@none` the default one; absent for one: any. */
  readonly datasets?: ReadonlyMap<Iri, readonly string[]>
  /** It says more than its attributes, so that who holds the entity has a part in it even when none is left (Replace, a scope). */
  readonly whole: boolean
  /** Pseudonyms of those that the request came through. */
  readonly via: readonly string[]
}

/** Which instances of attributes belong to a part, by datasetId: a registration may name some of them (5.2.9). */
export interface Instances {
  /** Absent: any. */
  readonly only?: ReadonlySet<string>
  /** Of an attribute, those that others have for themselves. */
  readonly without?: ReadonlyMap<Iri, ReadonlySet<string>>
}

/** The part of a write that belongs to one source. */
export interface SourceShare {
  readonly registration: Registration
  /** Nobody else keeps this part, this hub neither (CIM 009 v1.9.1, 4.3.6.3). */
  readonly proxied: boolean
  readonly attributes: AttributeSet
  readonly instances?: Instances
  /** The source registered the entity, not single attributes: type, scope and expiry are its matter too. */
  readonly whole: boolean
  /** Types that it registered; absent: any. */
  readonly types?: TypeNode
  /**
   * Why it is not asked: the operation is none that it registered (4.20), it had the request before (6.3.18), there are
   * too many, a filter looks at what it did not register.
   */
  readonly refusal?: 'unsupported' | 'loop' | 'crowd' | 'unfiltered'
}

/** The part of a write that belongs to this hub. */
export interface OwnShare {
  readonly attributes: AttributeSet
  readonly instances?: Instances
  /** Sources hold what this hub need not know: that it does not is no failure. */
  readonly optional: boolean
}

/** Who gets which part of a write; without `own` nothing of it is this hub's. */
export interface Shares {
  readonly sources: readonly SourceShare[]
  readonly own?: OwnShare
}

/** More sources than this are not asked for one write: the rest is told of. */
const MOST_SOURCES = 100

/**
 * Shares out a write of one entity (CIM 009 v1.9.1, 4.3.6.2, 4.3.6.3 and 5.6). Pure. Exclusive sources take their
 * attributes away, then all redirects theirs, also where they turn out not to support the operation; inclusive ones and
 * this hub have the rest alike; auxiliary ones never write. `forwards` were matched by what is known of id and types, not
 * narrowed to attributes or operation, with the `Via` of nobody.
 */
export function shareOut(forwards: readonly Forward[], write: SharedWrite): Shares {
  const covers = coverages(forwards)
  const exclusive = takeParts(covers, 'exclusive', write, { attributes: write.attributes })
  const redirect = takeParts(covers, 'redirect', write, exclusive.left)
  const gone = redirect.sources.some(({ whole }) => whole)
  const proxied = [...exclusive.sources, ...redirect.sources]
  const inclusive = gone ? [] : takeParts(covers, 'inclusive', write, redirect.left).sources
  const willing = inclusive.filter(({ refusal }) => refusal === undefined)
  const own = ownShare(write, { left: redirect.left, gone, proxied: proxied.length > 0 })
  return { sources: [...proxied, ...willing].map(bounded), ...(own && { own }) }
}

interface Coverage {
  readonly registration: Registration
  /** Absent: the whole entity. */
  readonly attributes?: ReadonlySet<Iri>
  readonly types?: TypeNode
}

/** What each source covers of the entity, all that it registered taken together. */
function coverages(forwards: readonly Forward[]): readonly Coverage[] {
  const found = new Map<Registration, Coverage>()
  for (const { registration, attributes, types } of forwards) {
    const before = found.get(registration)
    const part = { ...(attributes && { attributes: new Set(attributes) }), ...(types && { types }) }
    found.set(registration, { registration, ...(before ? united(before, part) : part) })
  }
  return [...found.values()]
}

function united(
  left: Omit<Coverage, 'registration'>,
  right: Omit<Coverage, 'registration'>,
): Omit<Coverage, 'registration'> {
  const attributes = left.attributes && right.attributes && [...left.attributes, ...right.attributes]
  const types = left.types && right.types && ({ kind: 'or', nodes: [left.types, right.types] } as const)
  return { ...(attributes && { attributes: new Set(attributes) }), ...(types && { types }) }
}

/** What nobody has for himself yet. */
interface Offer {
  readonly attributes: AttributeSet
  readonly taken?: NonNullable<Instances['without']>
}

/** All sources of one mode take their parts of the same; what none of them took is left. */
function takeParts(
  covers: readonly Coverage[],
  mode: RegistrationMode,
  write: SharedWrite,
  offer: Offer,
): { readonly sources: readonly SourceShare[]; readonly left: Offer } {
  const sources = covers
    .filter(({ registration }) => registration.mode === mode)
    .flatMap((coverage) => partOf(coverage, write, offer) ?? [])
  return { sources, left: sources.reduce((left, share) => takenFrom(left, share, write), offer) }
}

/** Who registered datasetIds takes those instances and leaves the others. */
function takenFrom(left: Offer, share: SourceShare, { datasets }: SharedWrite): Offer {
  const { attributes, registration } = share
  if (left.attributes === 'everything' || attributes === 'everything') return left
  if (registration.datasetIds.length === 0)
    return { ...left, attributes: left.attributes.filter((name) => !attributes.includes(name)) }
  const taken = new Map(left.taken)
  for (const name of attributes)
    taken.set(name, new Set([...(taken.get(name) ?? []), ...registration.datasetIds]))
  const isLeft = (name: Iri): boolean =>
    datasets?.get(name)?.some((datasetId) => !taken.get(name)?.has(datasetId)) !== false
  return { attributes: left.attributes.filter(isLeft), taken }
}

function partOf(
  { registration, attributes: covered, types }: Coverage,
  write: SharedWrite,
  { attributes: offered, taken }: Offer,
): SourceShare | undefined {
  const { datasetIds } = registration
  const instances: Instances = {
    ...(datasetIds.length > 0 && { only: new Set(datasetIds) }),
    ...(taken && { without: taken }),
  }
  const isOffered = (name: Iri): boolean =>
    covered?.has(name) !== false &&
    write.datasets?.get(name)?.some((datasetId) => belongs(instances, name, datasetId)) !== false
  const attributes = offered === 'everything' ? offered : offered.filter(isOffered)
  const whole = !covered && datasetIds.length === 0
  if (attributes.length === 0 && !(whole && (write.whole || write.attributes.length === 0))) return undefined
  const refusal = refusalOf(registration, write)
  return {
    registration,
    attributes,
    instances,
    proxied: isProxied(registration),
    whole,
    ...(types && { types }),
    ...(refusal && { refusal }),
  }
}

/** Tells whether an instance of an attribute belongs to a part that has the attribute. */
export function belongs({ only, without }: Instances, attribute: Iri, datasetId: string): boolean {
  return only?.has(datasetId) !== false && !without?.get(attribute)?.has(datasetId)
}

function refusalOf(registration: Registration, { via, ...write }: SharedWrite): SourceShare['refusal'] {
  if (registration.alias !== undefined && via.includes(registration.alias)) return 'loop'
  return supports(registration, write) ? undefined : 'unsupported'
}

/** Tells whether a source can be asked for a write in one way or another. */
export function supports(
  { operations }: Registration,
  { operation, instead = [] }: Pick<SharedWrite, 'operation' | 'instead'>,
): boolean {
  return operations.has(operation) || instead.some((name) => operations.has(name))
}

function ownShare(
  { attributes, whole }: SharedWrite,
  { left, gone, proxied }: { readonly left: Offer; readonly gone: boolean; readonly proxied: boolean },
): OwnShare | undefined {
  const instances = left.taken ? { instances: { without: left.taken } } : {}
  const own = { attributes: left.attributes, ...instances }
  if (left.attributes === 'everything') return { ...own, optional: proxied }
  if (gone) return undefined
  if (left.attributes.length > 0) return { ...own, optional: false }
  return whole || attributes.length === 0 ? { ...own, optional: proxied } : undefined
}

/** Puts off the parts of a write that are too many to be done at once. */
export function bounded<Share extends SourceShare>(share: Share, at: number): Share {
  return at < MOST_SOURCES ? share : { ...share, refusal: 'crowd' }
}
