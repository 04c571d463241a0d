import type { AttributeClass, MaskSpec, Rule } from './rule.ts'

/** What rules about an attribute come to, and the rules that decided it: none where its class does. */
export interface ColumnDecision {
  /** A rule: masked as it says. */
  readonly treatment: 'clear' | 'absent' | Rule
  readonly by: readonly Rule[]
}

/** Of several masks the caller gets the most telling one: each was granted. */
const TELLING: readonly MaskSpec['method'][] = [
  'partial',
  'scan',
  'generalise',
  'coarsen',
  'unit',
  'pseudonym',
  'redact',
]

/** Decides how an attribute is seen: deny over all, a named attribute over a class, permit over mask. */
export function decideColumn(matching: readonly Rule[], attributeClass: AttributeClass): ColumnDecision {
  const denials = matching.filter((rule) => rule.effect === 'deny')
  if (denials.length > 0) return { treatment: 'absent', by: denials }
  const named = matching.filter((rule) => rule.attributes)
  const deciding = named.length > 0 ? named : matching
  const permits = deciding.filter((rule) => rule.effect === 'permit')
  if (permits.length > 0) return { treatment: 'clear', by: permits }
  const [mask] = [...deciding].sort((one, other) => rank(one) - rank(other))
  // what leaves nothing says not even that there is something
  if (mask) return { treatment: mask.mask?.method === 'redact' ? 'absent' : mask, by: [mask] }
  const isOpen = attributeClass === 'none' || attributeClass === 'unclassified'
  return { treatment: isOpen ? 'clear' : 'absent', by: [] }
}

function rank(rule: Rule): number {
  return rule.mask ? TELLING.indexOf(rule.mask.method) : TELLING.length
}
