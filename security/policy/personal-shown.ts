import type { Iri } from '../../broker/core/model/iri.ts'
import type { View } from '../../broker/core/view/view.ts'
import { classOf, matchesAttribute } from './entity-rules.ts'
import type { Rule } from './rule.ts'
import type { RuleList } from './rule-list.ts'
import type { Vocabulary } from './vocabulary.ts'

/** How attributes are treated. */
interface Treated extends Pick<View, 'treatment'> {
  readonly scans: (types: readonly Iri[], attribute: Iri) => boolean
}

/**
 * Answers what tells which personal data is shown, and whether in clear, for what has to be recorded; undefined: these
 * rules show none. Where it depends on the entity whether it is in clear, it counts as clear.
 */
export function personalShown(
  columns: RuleList,
  vocabulary: Vocabulary,
  { treatment, scans }: Treated,
): View['personal'] {
  if (!columns.all.some(mayShow)) return undefined
  return (types, attribute) => {
    const attributeClass = classOf(vocabulary, attribute, types)
    if (attributeClass === 'none') return undefined
    const treated = treatment(types, attribute)
    if (treated === 'absent') return undefined
    const isPermitted = columns
      .of(types)
      .some((rule) => rule.effect === 'permit' && matchesAttribute(rule, attribute, attributeClass))
    if (attributeClass !== 'unclassified')
      return {
        class: attributeClass === 'children' ? classBehind(vocabulary, attribute, types) : attributeClass,
        clear: treated === 'clear' || isPermitted,
      }
    // what was scanned is shown without what identifies somebody; a permit for some entities scans those of others alone
    const isClear = isPermitted && (typeof treated === 'function' || !scans(types, attribute))
    return isClear ? { class: attributeClass, clear: true } : undefined
  }
}

/** What tells of a child is personal data, whatever it says. */
function classBehind(vocabulary: Vocabulary, attribute: Iri, types: readonly Iri[]): 'basic' | 'sensitive' {
  return vocabulary.personalData(attribute, types) === 'sensitive' ? 'sensitive' : 'basic'
}

/** Rules that speak of open data alone show nothing of persons. */
function mayShow({ effect, mask, classes }: Rule): boolean {
  if (effect === 'deny' || mask?.method === 'redact') return false
  return classes === undefined || [...classes].some((each) => each !== 'none')
}
