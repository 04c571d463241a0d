import type { Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { DAY, type Micros } from '../../core/model/time.ts'
import { entityHolds } from './legal-holds.ts'
import type { LegalHold } from './privacy-dependencies.ts'

/** How long personal data of one class is kept; names are expanded. */
export interface ClassRetention {
  readonly class: 'basic' | 'sensitive'
  /** Absent: of entities of all types. */
  readonly types?: ReadonlySet<Iri>
  /** Of which retention classes of the ontology it has to be; absent: of any. */
  readonly retention?: ReadonlySet<string>
  readonly days: number
}

/** What becomes of an attribute of entities of some types: what is before a time goes, by a rule, unless it is held. */
export interface Term {
  /** Place of the rule among all. */
  readonly rule: number
  readonly before: Micros
  readonly hold?: LegalHold
}

/** What is kept no longer, as of one moment. */
export interface RetentionLaw {
  readonly rules: readonly ClassRetention[]
  /** When what each of the rules is about ends. */
  readonly before: readonly Micros[]
  /** Those in force that are about entities. */
  readonly holds: readonly LegalHold[]
  /** Answers the first rule that is about an attribute; undefined: it may stay. */
  termOf(attribute: Iri, types: readonly Iri[]): Term | undefined
}

/** Answers what is kept no longer now. Days are whole ones of UTC, as in `history.retain`. */
export function retentionLaw(
  rules: readonly ClassRetention[],
  holds: readonly LegalHold[],
  { now, classOf, retentionOf }: { readonly now: Micros } & Classes,
): RetentionLaw {
  const before = rules.map(({ days }) => (Math.floor(now / DAY) - days) * DAY)
  const inForce = entityHolds(holds, now)
  return {
    rules,
    before,
    holds: inForce,
    termOf: (attribute, types) => {
      const named = classOf(attribute, types)
      const isOf = ({ retention }: ClassRetention): boolean =>
        !retention || retentionOf(attribute, types).some((name) => retention.has(name))
      const rule = rules.findIndex((each) => each.class === named && isAbout(each, types) && isOf(each))
      if (rule < 0) return undefined
      const hold = inForce.find((each) => isAbout(each, types) && (each.attributes?.has(attribute) ?? true))
      return { rule, before: before[rule] ?? 0, ...(hold && { hold }) }
    },
  }
}

/** What the ontology says of an attribute on entities of these types. */
export interface Classes {
  /** How personal it is; undefined: it says nothing. */
  readonly classOf: (attribute: Iri, types: readonly Iri[]) => string | undefined
  /** How long it is kept, by the names of classes. */
  readonly retentionOf: (attribute: Iri, types: readonly Iri[]) => readonly string[]
}

/** Tells whether an instance is older than it may be. */
export function isOver({ before }: Term, { observedAt, modifiedAt }: Timed): boolean {
  return (observedAt ?? modifiedAt) < before
}

type Timed = Pick<Instance, 'observedAt' | 'modifiedAt'>

function isAbout({ types: of }: { readonly types?: ReadonlySet<Iri> }, types: readonly Iri[]): boolean {
  return !of || types.some((type) => of.has(type))
}
