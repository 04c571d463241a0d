import type { Entity } from '../../broker/core/model/entity.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import { scanInstance } from '../../broker/core/view/scan-instance.ts'
import type { Mask, Treatment } from '../../broker/core/view/view.ts'
import { type ColumnDecision, decideColumn } from './decide-column.ts'
import { classOf, isWhole, matchesAttribute, matchesPlace } from './entity-rules.ts'
import type { MaskKit, Rule } from './rule.ts'
import type { RuleList } from './rule-list.ts'
import type { Vocabulary } from './vocabulary.ts'

/** How the rules about attributes treat each one. */
export interface Columns {
  /** As `View.treatment`. */
  treatment(types: readonly Iri[], attribute: Iri, entity?: Entity): Treatment
  /** Tells whether texts of the attribute are to be scanned: nobody classified it, and no rule shows it in clear. */
  scans(types: readonly Iri[], attribute: Iri): boolean
  scansSomewhere(attribute: Iri): boolean
  /** As `View.clearEverywhere`. */
  clearEverywhere(attribute: Iri, among?: readonly Iri[]): boolean
  /** Unclassified attributes are shown as they are. */
  readonly unclassifiedIsClear: boolean
}

/** Answers how the rules treat attributes: deny over all, a named attribute over a class, permit over mask. */
export function createColumns(
  rules: RuleList,
  {
    vocabulary,
    purpose,
    kit,
  }: { readonly vocabulary: Vocabulary; readonly purpose: string; readonly kit: MaskKit },
): Columns {
  const keeps = (attribute: Iri, types: readonly Iri[]) => classOf(vocabulary, attribute, types) === 'none'
  const masks = new Map(
    rules.all.flatMap((rule) =>
      rule.mask ? [[rule, kit.mask(rule.mask, { purpose, keeps })] as const] : [],
    ),
  )
  const about = (types: readonly Iri[], attribute: Iri) => {
    const attributeClass = classOf(vocabulary, attribute, types)
    const matching = rules.of(types).filter((rule) => matchesAttribute(rule, attribute, attributeClass))
    return { attributeClass, matching }
  }
  const treatment = (types: readonly Iri[], attribute: Iri, of?: Entity): Treatment => {
    const { attributeClass, matching } = about(types, attribute)
    if (matching.every(isWhole)) return treatmentOf(decideColumn(matching, attributeClass), masks)
    const holding = (entity: Entity) => matching.filter((rule) => matchesPlace(rule, entity))
    if (of) return treatmentOf(decideColumn(holding(of), attributeClass), masks)
    return (instance, name, entity) => {
      const decided = decideColumn(holding(entity), attributeClass)
      // where none of the rules holds, it is free text that nobody classified
      const isUnknown = attributeClass === 'unclassified' && decided.by.length === 0
      if (isUnknown) return scanInstance(instance, name, kit)
      return apply(treatmentOf(decided, masks), { instance, name, entity })
    }
  }
  const scans = (types: readonly Iri[], attribute: Iri) => {
    const { attributeClass, matching } = about(types, attribute)
    if (attributeClass !== 'unclassified') return false
    return !matching.some((rule) => rule.effect === 'permit' && isWhole(rule))
  }
  const everywhere: readonly (readonly Iri[])[] = [[], ...[...vocabulary.types].map((type) => [type])]
  return {
    treatment,
    scans,
    scansSomewhere: (attribute) => everywhere.some((types) => scans(types, attribute)),
    clearEverywhere: (attribute, among) => {
      // of several types two decide: the one that is asked about, and the one that is judged most strictly
      const sets = among?.flatMap((type) => everywhere.map((more) => [type, ...more])) ?? everywhere
      return sets.every((types) => treatment(types, attribute) === 'clear' && !scans(types, attribute))
    },
    unclassifiedIsClear: rules.all.some(
      (rule) =>
        rule.effect === 'permit' &&
        rule.classes?.has('unclassified') === true &&
        !rule.attributes &&
        !rule.types &&
        isWhole(rule),
    ),
  }
}

function treatmentOf({ treatment }: ColumnDecision, masks: ReadonlyMap<Rule, Mask>): Treatment {
  return typeof treatment === 'string' ? treatment : (masks.get(treatment) ?? 'absent')
}

function apply(
  treatment: Treatment,
  { instance, name, entity }: { instance: Parameters<Mask>[0]; name: Iri; entity: Entity },
): ReturnType<Mask> {
  if (treatment === 'clear') return instance
  return treatment === 'absent' ? undefined : treatment(instance, name, entity)
}
