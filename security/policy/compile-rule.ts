import { RE2JS } from 're2js'
import type { Action } from '../../broker/core/model/caller.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import type {
  AttributeClass,
  Hub,
  MaskSpec,
  Obligations,
  OfMany,
  ResourceKind,
  Rule,
  Subject,
} from './rule.ts'
import { isColumnRule, isOfMany } from './rule.ts'
import { scopeMatcher } from './scope-matcher.ts'
import type { Vocabulary } from './vocabulary.ts'

type OneOrMore<T extends string = string> = T | readonly T[]

/** A rule as a file writes it, after its shape was checked. */
export interface RuleText {
  readonly id: string
  readonly effect: Rule['effect']
  readonly method?: MaskSpec['method']
  readonly decimals?: number
  readonly band?: number
  readonly to?: MaskSpec['to']
  readonly rotate?: MaskSpec['rotate']
  readonly level?: MaskSpec['level']
  readonly unitOf?: string
  readonly dated?: string
  readonly obligations?: ObligationsText
  readonly subject: SubjectText | readonly SubjectText[]
  readonly action: OneOrMore<Action>
  readonly resource?: ResourceText
}

interface SubjectText {
  readonly role?: OneOrMore
  readonly organisation?: OneOrMore
  readonly city?: OneOrMore
  readonly client?: OneOrMore
  readonly purpose?: OneOrMore
  readonly anonymous?: boolean
  readonly any?: true
}

interface ResourceText {
  readonly kind?: OneOrMore<ResourceKind>
  readonly own?: true
  readonly tenant?: OneOrMore
  readonly type?: OneOrMore
  readonly idPattern?: string
  readonly scope?: OneOrMore
  readonly attribute?: OneOrMore
  readonly class?: OneOrMore<AttributeClass>
}

interface ObligationsText {
  readonly aggregateOnly?: OfManyText
  readonly release?: OfManyText
}

interface OfManyText {
  readonly least?: number
  readonly by?: readonly string[]
}

type Report = (path: readonly (string | number)[], text: string) => void

/** Turns a rule's text into a rule with expanded names; what is wrong goes to `report`. */
export function compileRule(text: RuleText, vocabulary: Vocabulary, hub: Hub, report: Report): Rule {
  const resource = text.resource ?? {}
  const rule: Rule = {
    id: text.id,
    effect: text.effect,
    subjects: many(text.subject).map((subject) => compileSubject(subject, hub)),
    actions: new Set(many(text.action)),
    kinds: new Set(many(resource.kind ?? 'entity')),
    ...(text.method && { mask: maskSpec(text.method, text, vocabulary) }),
    ...(text.obligations && { obligations: obligationsOf(text.obligations, vocabulary) }),
    ...(resource.own && { own: resource.own }),
    ...(resource.tenant !== undefined && { tenants: new Set(many(resource.tenant)) }),
    ...(resource.type && { types: expandTypes(many(resource.type), vocabulary, report) }),
    ...(resource.idPattern && { matchesId: idMatcher(resource.idPattern, report) }),
    ...(resource.scope && { matchesScope: scopeMatcher(many(resource.scope)) }),
    ...(resource.attribute && {
      attributes: new Set(many(resource.attribute).map((name) => vocabulary.expandAttribute(name))),
    }),
    ...(resource.class && { classes: new Set(many(resource.class)) }),
  }
  checkRule(rule, report)
  return rule
}

function maskSpec(method: MaskSpec['method'], text: RuleText, vocabulary: Vocabulary): MaskSpec {
  const { decimals, band, to, rotate, level, unitOf, dated } = text
  return {
    method,
    ...(decimals !== undefined && { decimals }),
    ...(band !== undefined && { band }),
    ...(to && { to }),
    ...(rotate && { rotate }),
    ...(method === 'unit' && {
      level: level ?? 'commune',
      unitOf: vocabulary.expandAttribute(unitOf ?? 'refAdministrativeUnit'),
    }),
    ...(dated !== undefined && { dated: vocabulary.expandAttribute(dated) }),
  }
}

/** Nothing is told of fewer than five persons; a rule about health or violations asks for ten. */
const LEAST = 5

function obligationsOf({ aggregateOnly, release }: ObligationsText, vocabulary: Vocabulary): Obligations {
  return {
    ...(aggregateOnly && { aggregateOnly: ofMany(aggregateOnly, vocabulary) }),
    ...(release && { release: ofMany(release, vocabulary) }),
  }
}

function ofMany({ least = LEAST, by = [] }: OfManyText, vocabulary: Vocabulary): OfMany {
  const names = by.filter((name) => name !== 'scope').map((name) => vocabulary.expandAttribute(name))
  return { least, by: new Set(names), byScope: by.includes('scope') }
}

/** What no schema says: which members of a rule make sense together. */
function checkRule(rule: Rule, report: Report): void {
  const masks = rule.effect === 'mask'
  if (masks && !rule.mask) report(['effect'], `Rule ${rule.id} masks but names no method`)
  if (!masks && rule.mask) report(['method'], `Rule ${rule.id} names a method but does not mask`)
  if (masks && !isColumnRule(rule)) {
    report(['resource'], `Rule ${rule.id} masks but names neither attribute nor class`)
  }
  if (masks && (rule.actions.size > 1 || !rule.actions.has('read'))) {
    report(['action'], `Rule ${rule.id} masks another action than read`)
  }
  if (isOfMany(rule) && !leavesRows(rule)) {
    report(['obligations'], `Rule ${rule.id} tells of many what it does not permit to read as whole entities`)
  }
  const narrow = isColumnRule(rule) || rule.types || rule.matchesId || rule.matchesScope
  if (narrow && (rule.kinds.size > 1 || !rule.kinds.has('entity'))) {
    report(['resource'], `Rule ${rule.id} narrows by what only entities have, but is about other kinds too`)
  }
  if (rule.own && (rule.kinds.size > 1 || !rule.kinds.has('subscription'))) {
    report(['resource', 'own'], `Rule ${rule.id} asks who created what, which only subscriptions tell`)
  }
}

function leavesRows(rule: Rule): boolean {
  const reads = rule.actions.size === 1 && rule.actions.has('read')
  const entities = rule.kinds.size === 1 && rule.kinds.has('entity')
  return rule.effect === 'permit' && reads && entities && !isColumnRule(rule)
}

function compileSubject(text: SubjectText, hub: Hub): Subject {
  return {
    ...(text.role && { role: many(text.role) }),
    ...(text.organisation && { organisation: many(text.organisation) }),
    ...(text.city && { city: many(text.city).flatMap((city) => resolveCity(city, hub)) }),
    ...(text.client && { client: many(text.client) }),
    ...(text.purpose && { purpose: many(text.purpose) }),
    ...(text.anonymous !== undefined && { anonymous: text.anonymous }),
  }
}

/** `hub.city` is the city of this hub; a hub without a city belongs to nobody's city. */
function resolveCity(city: string, hub: Hub): readonly string[] {
  if (city !== 'hub.city') return [city]
  return hub.city === undefined ? [] : [hub.city]
}

function expandTypes(names: readonly string[], vocabulary: Vocabulary, report: Report): ReadonlySet<Iri> {
  names.forEach((name, at) => {
    if (!vocabulary.types.has(vocabulary.expandType(name))) {
      report(['resource', 'type', ...(names.length > 1 ? [at] : [])], `Entity type ${name} is not known`)
    }
  })
  return new Set(names.map((name) => vocabulary.expandType(name)))
}

/** The whole id must match: a pattern that was meant narrow never opens more. */
function idMatcher(pattern: string, report: Report): (id: string) => boolean {
  try {
    const compiled = RE2JS.compile(pattern)
    return (id) => compiled.matches(id)
  } catch {
    report(['resource', 'idPattern'], 'Id pattern is not a regular expression that runs in linear time')
    return () => false
  }
}

function many<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T] // arrays were told apart, T itself is never one
}
