import type { Iri } from '../../core/model/iri.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import type { LegalHold, SearchDependencies } from './privacy-dependencies.ts'
import type { DocumentTrace, EntityTrace } from './traces.ts'

/** What a hold kept of a person. */
export interface HeldText {
  readonly reason: string
  readonly until?: string
  readonly attributes: number
  readonly documents: number
}

/** Notes what is kept by which hold, and what went though nobody could tell whether one applies. */
export interface Holding {
  readonly held: Map<LegalHold, { readonly attributes: number; readonly documents: number }>
  /** Documents that tell no type, by collection, which went while a hold on types or attributes was in force. */
  readonly unjudged: Record<string, number>
}

type Rules = Pick<SearchDependencies, 'rules' | 'clock'>

/** Answers which attributes of an entity have to stay, or that all of it has to. */
export function heldNames(
  { rules, clock }: Rules,
  { types, now, past }: EntityTrace,
  holding: Holding,
): ReadonlySet<Iri> | 'all' {
  const names = new Set<Iri>()
  for (const hold of entityHolds(rules().holds, clock())) {
    if (!isOnTypes(hold, types)) continue
    const hers = new Set([...now, ...past].filter((name) => hold.attributes?.has(name) ?? true))
    note(holding, hold, { attributes: hers.size, documents: 0 })
    if (!hold.attributes) return 'all'
    for (const name of hers) names.add(name)
  }
  return names
}

/** Tells whether a document has to stay: by a hold on all there is, or on quarantined records of its feed. */
export function isHeld(dependencies: Rules, document: DocumentTrace, holding: Holding): boolean {
  const hold = inForce(dependencies).find((each) => appliesTo(each, document))
  if (hold) note(holding, hold, { attributes: 0, documents: 1 })
  return hold !== undefined
}

/** Takes down that a document went which a hold on types or attributes may have been about: nobody knows its type. */
export function noteErased(dependencies: Rules, { collection }: DocumentTrace, { unjudged }: Holding): void {
  const isOpen = inForce(dependencies).some(
    ({ types, attributes, feeds }) => (types || attributes) && !(feeds && collection === 'quarantine'),
  )
  if (isOpen) unjudged[collection] = (unjudged[collection] ?? 0) + 1
}

/** Answers what a report says of what was held. */
export function heldTexts({ held }: Holding): readonly HeldText[] {
  return [...held].map(([{ reason, until }, counts]) => ({
    reason,
    ...counts,
    ...(until !== undefined && { until: formatDateTime(until) }),
  }))
}

/** Tells whether a hold keeps something of an entity that is hers, or was. */
export function keepsOf({ rules, clock }: Rules, { types, now, past }: EntityTrace): boolean {
  return entityHolds(rules().holds, clock()).some(
    (hold) =>
      isOnTypes(hold, types) &&
      (!hold.attributes || [...now, ...past].some((name) => hold.attributes?.has(name))),
  )
}

/** Answers the holds in force that are about entities: those on feeds alone are not. */
export function entityHolds(holds: readonly LegalHold[], now: Micros): readonly LegalHold[] {
  return holds.filter((hold) => isInForce(hold, now) && (hold.types || hold.attributes || !hold.feeds))
}

function isOnTypes({ types: of }: LegalHold, types: readonly Iri[]): boolean {
  return !of || types.some((type) => of.has(type))
}

function inForce({ rules, clock }: Rules): readonly LegalHold[] {
  const now = clock()
  return rules().holds.filter((hold) => isInForce(hold, now))
}

function isInForce({ until }: LegalHold, now: Micros): boolean {
  return until === undefined || until >= now
}

function appliesTo({ types, attributes, feeds }: LegalHold, { collection, id }: DocumentTrace): boolean {
  if (!types && !attributes && !feeds) return true
  // the id of a quarantined record is that of its feed, a dot and digits
  return collection === 'quarantine' && feeds?.has(id.slice(0, id.lastIndexOf('.'))) === true
}

function note({ held }: Holding, hold: LegalHold, more: { attributes: number; documents: number }): void {
  if (more.attributes + more.documents === 0) return
  const { attributes, documents } = held.get(hold) ?? { attributes: 0, documents: 0 }
  held.set(hold, { attributes: attributes + more.attributes, documents: documents + more.documents })
}
