import type { EntityChange } from '../model/change.ts'
import { type Attributes, type Entity, type Instance, VALUE_MEMBER } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../model/json.ts'
import type { AttributeRules, TypeRules, ValueRule } from './type-rules.ts'

/** A rule that an entity breaks, and where; never the value. */
export interface Breach {
  /** Short name of the attribute; `id` where that is it. */
  readonly attribute: string
  readonly rule: 'kind' | 'value' | 'range' | 'values' | 'unit' | 'cardinality' | 'required' | 'id'
  /** JSON pointer into the normalized entity, names as the ontology has them. */
  readonly pointer: string
  readonly text: string
  /** The instance, where it is not the default one. */
  readonly datasetId?: string
}

/** Answers which rules of a type an entity breaks as a whole, but for attributes that are not to be judged. */
export function breachesOf(
  entity: Entity,
  rules: TypeRules,
  isJudged: (attribute: Iri) => boolean = () => true,
): readonly Breach[] {
  const { attributes } = entity
  const judged = new Map([...rules.attributes].filter(([attribute]) => isJudged(attribute)))
  const found = Object.entries(attributes).flatMap(([attribute, instances]) => {
    const rule = judged.get(attribute)
    return rule ? instances.flatMap((instance) => ofInstance(instance, rule, `/${rule.name}`)) : []
  })
  return [...idBreaches(entity, rules), ...missing(attributes, judged, ''), ...found]
}

/**
 * Answers which rules a change of an entity that has its type already breaks: what it writes, and what it takes away. What
 * was wrong before and is not touched is no fault of this write.
 */
export function breachesByChange(next: Entity, change: EntityChange, rules: TypeRules): readonly Breach[] {
  if (change.action === 'created') return breachesOf(next, rules)
  const written = change.attributes.flatMap(({ attribute, after }) => {
    const rule = after && rules.attributes.get(attribute)
    return rule ? ofInstance(after, rule, `/${rule.name}`) : []
  })
  const lost = new Set(change.attributes.filter(({ after }) => !after).map(({ attribute }) => attribute))
  return [...missing(next.attributes, rules.attributes, '', lost), ...written]
}

function idBreaches({ id }: Entity, { idPattern }: TypeRules): readonly Breach[] {
  if (!idPattern || idPattern.test(id)) return []
  return [breach('id', 'id', '/id', 'does not have the form of ids of its type')]
}

/** What has to be there and is not; of `among` alone where that is given. */
function missing(
  attributes: Attributes | undefined,
  rules: ReadonlyMap<Iri, AttributeRules>,
  above: string,
  among?: ReadonlySet<Iri>,
): readonly Breach[] {
  const found: Breach[] = []
  for (const [iri, { required, name }] of rules) {
    if (required && !attributes?.[iri] && among?.has(iri) !== false)
      found.push(breach(name, 'required', `${above}/${name}`, 'is required and is not there'))
  }
  return found
}

function ofInstance(instance: Instance, rules: AttributeRules, pointer: string): readonly Breach[] {
  const own = ownBreaches(instance, rules, pointer)
  if (rules.inside.size === 0) return own
  const sub = Object.entries(instance.attributes ?? {}).flatMap(([iri, instances]) => {
    const rule = rules.inside.get(iri)
    return rule ? instances.flatMap((one) => ofInstance(one, rule, `${pointer}/${rule.name}`)) : []
  })
  return [...own, ...missing(instance.attributes, rules.inside, pointer), ...sub]
}

function ownBreaches(instance: Instance, rules: AttributeRules, pointer: string): readonly Breach[] {
  const { kind, value, unitCode, datasetId } = instance
  const say = (rule: Breach['rule'], member: string, text: string): Breach => ({
    ...breach(rules.name, rule, `${pointer}${member}`, text),
    ...(datasetId !== undefined && { datasetId }),
  })
  if (!rules.kinds.includes(kind)) return [say('kind', '/type', `is no ${rules.kinds.join(' or ')}`)]
  const found: Breach[] = []
  if (unitCode !== undefined && unitCode !== rules.unit)
    found.push(
      say('unit', '/unitCode', rules.unit === undefined ? 'has no unit' : `is in unit ${rules.unit} only`),
    )
  const member = `/${VALUE_MEMBER[kind]}`
  const several = isJsonArray(value) && kind !== 'GeoProperty'
  if (several && !rules.many) return [...found, say('cardinality', member, 'has one value, not several')]
  if (kind !== 'Property' && kind !== 'GeoProperty') return found
  for (const one of several ? value : [value]) {
    const fault = rules.value && valueFault(one, rules.value)
    if (fault) found.push(say(fault[0], member, fault[1]))
  }
  return found
}

type Fault = readonly [rule: 'value' | 'range' | 'values', text: string]

function valueFault(value: JsonValue, rule: ValueRule): Fault | undefined {
  switch (rule.is) {
    case 'number':
      return numberFault(value, rule)
    case 'boolean':
      return typeof value === 'boolean' ? undefined : ['value', 'is neither true nor false']
    case 'listed':
      return typeof value === 'string' && rule.values.has(value)
        ? undefined
        : ['values', `is none of ${rule.list}`]
    case 'text':
      return textFault(value, rule.pattern)
    case 'time':
      return textFault(typedText(value, rule.type), rule.pattern)
    case 'object':
      return objectFault(value, rule.members)
    case 'geometry':
      return isJsonObject(value) && rule.types.has(String(value.type))
        ? undefined
        : ['value', `is no ${[...rule.types].join(' or ')}`]
  }
}

function numberFault(
  value: JsonValue,
  { whole, minimum = -Infinity, maximum = Infinity }: Extract<ValueRule, { is: 'number' }>,
): Fault | undefined {
  if (typeof value !== 'number' || (whole && !Number.isInteger(value)))
    return ['value', whole ? 'is no whole number' : 'is no number']
  if (value >= minimum && value <= maximum) return undefined
  return ['range', `is not from ${minimum} to ${maximum}`]
}

function textFault(value: JsonValue, pattern: RegExp | undefined): Fault | undefined {
  if (typeof value !== 'string' || value === '') return ['value', 'is no text']
  return !pattern || pattern.test(value) ? undefined : ['value', 'does not have the form that it has to have']
}

/** A value such as `{"@type": "DateTime", "@value": "…"}` says what its text says. */
function typedText(value: JsonValue, type: string): JsonValue {
  return isJsonObject(value) && value['@type'] === type ? (value['@value'] ?? null) : value
}

function objectFault(value: JsonValue, members: ReadonlyMap<string, string>): Fault | undefined {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return ['value', 'is no object']
  const wrong = Object.entries(value).find(([name, member]) => {
    const type = members.get(name)
    return type !== undefined && !isOfType(member, type)
  })
  return wrong && ['value', `is no ${members.get(wrong[0])} in ${wrong[0]}`]
}

function isOfType(value: JsonValue, type: string): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeof value === type
}

function breach(attribute: string, rule: Breach['rule'], pointer: string, text: string): Breach {
  return { attribute, rule, pointer, text }
}
