import { createHash } from 'node:crypto'
import { RE2JS } from 're2js'
import type { Action } from '../../broker/core/model/caller.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import type { CrowdPeriod } from '../../broker/core/view/crowd.ts'
import type { Binding } from './claims.ts'
import type { PERIODS } from './policy-schema.ts'
import type {
  AttributeClass,
  Counted,
  Hub,
  MaskSpec,
  Obligations,
  OfMany,
  ResourceKind,
  Rule,
  RuleOrigin,
  Subject,
} from './rule.ts'
import { isColumnRule, isOfMany, LEAST } from './rule.ts'
import { compileTime, type TimeText } from './rule-time.ts'
import { type Areas, checkWhere, compileWhere, type WhereBasis, type WhereText } from './rule-where.ts'
import { scopeMatcher } from './scope-matcher.ts'
import type { Vocabulary } from './vocabulary.ts'

type OneOrMore<T extends string = string> = T | readonly T[]

/** A rule as a file writes it, after its shape was checked. */
export interface RuleText {
  readonly id: string
  readonly description?: string
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
  readonly time?: TimeText
}

interface SubjectText {
  readonly role?: OneOrMore
  readonly organisation?: OneOrMore
  readonly city?: OneOrMore
  readonly client?: OneOrMore
  readonly purpose?: OneOrMore
  readonly assurance?: number
  readonly bound?: OneOrMore<Binding>
  readonly anonymous?: boolean
  readonly any?: true
}

interface ResourceText extends WhereText {
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
  readonly log?: true
  readonly limit?: LimitText
  readonly aggregateOnly?: CountedText
  readonly release?: OfManyText
}

interface LimitText {
  readonly requests: number
  readonly per: (typeof PERIODS)[number]
}

interface OfManyText {
  readonly least?: number
  readonly by?: readonly string[]
}

interface CountedText extends OfManyText {
  readonly history?: { readonly of: readonly string[]; readonly every: CrowdPeriod }
  readonly noise?: { readonly epsilon: number }
}

/** A rule's text that was checked, and where it stands. */
export interface CheckedRule {
  readonly text: RuleText
  readonly origin: RuleOrigin
}

/** What the words of a rule are looked up in. */
export interface RuleBasis {
  readonly vocabulary: Vocabulary
  readonly hub: Hub
  readonly areas: Areas
}

type Report = (path: readonly (string | number)[], text: string) => void

/** Says all that is wrong with a rule whose shape is right. */
export function checkRule(checked: CheckedRule, basis: RuleBasis, report: Report): void {
  const { type = [], idPattern } = checked.text.resource ?? {}
  checkTypes(many(type), basis.vocabulary, report)
  if (idPattern !== undefined) checkPattern(idPattern, report)
  checkWhere(checked.text.resource ?? {}, whereBasis(basis), (member, what) =>
    report(['resource', member], what),
  )
  if (checked.text.time) compileTime(checked.text.time, (member, what) => report(['time', member], what))
  checkMembers(compileRule(checked, basis), report)
}

/** Turns the text of a rule that was checked into a rule with expanded names. */
export function compileRule({ text, origin }: CheckedRule, basis: RuleBasis): Rule {
  const { vocabulary, hub } = basis
  const resource = text.resource ?? {}
  const matchesContent = compileWhere(resource, whereBasis(basis))
  return {
    id: text.id,
    digest: digestOf(text, basis),
    origin,
    text,
    effect: text.effect,
    subjects: many(text.subject).map((subject) => compileSubject(subject, hub)),
    actions: new Set(many(text.action)),
    kinds: new Set(many(resource.kind ?? 'entity')),
    ...(text.method && { mask: maskSpec(text.method, text, vocabulary) }),
    ...(text.obligations && { obligations: obligationsOf(text, basis) }),
    ...(resource.own && { own: resource.own }),
    ...(resource.tenant !== undefined && { tenants: new Set(many(resource.tenant)) }),
    ...(resource.type && { types: new Set(many(resource.type).map((name) => vocabulary.expandType(name))) }),
    ...(resource.idPattern && { matchesId: idMatcher(resource.idPattern) }),
    ...(resource.scope && { matchesScope: scopeMatcher(many(resource.scope)) }),
    ...(resource.attribute && {
      attributes: new Set(many(resource.attribute).map((name) => vocabulary.expandAttribute(name))),
    }),
    ...(resource.class && { classes: new Set(many(resource.class)) }),
    ...(matchesContent && { matchesContent }),
    ...(text.time && { time: compileTime(text.time, () => undefined) }),
  }
}

function whereBasis({ vocabulary, areas, hub: { engine } }: RuleBasis): WhereBasis {
  return { vocabulary, areas, engine }
}

/** What is said about a rule to people alone is no part of it. */
function digestOf({ description: _, ...text }: RuleText, { hub: { city, least }, areas }: RuleBasis): string {
  const { area } = text.resource ?? {}
  const geometry = typeof area === 'string' ? areas.get(area) : undefined
  const hash = createHash('sha256').update(
    JSON.stringify([text, city ?? null, geometry ?? null, least ?? null]),
  )
  return hash.digest('base64url').slice(0, 22)
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

const SECONDS = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const satisfies Record<
  LimitText['per'],
  number
>

function obligationsOf(text: RuleText, basis: RuleBasis): Obligations {
  const { log, limit, aggregateOnly, release } = text.obligations ?? {}
  return {
    ...(log && { log }),
    ...(limit && { limit: { requests: limit.requests, seconds: SECONDS[limit.per] } }),
    ...(aggregateOnly && { aggregateOnly: counted(aggregateOnly, text, basis) }),
    ...(release && { release: ofMany(release, { text, basis }) }),
  }
}

function counted({ history, noise, ...many }: CountedText, text: RuleText, basis: RuleBasis): Counted {
  const of = history?.of.map((name) => basis.vocabulary.expandAttribute(name)) ?? []
  return {
    ...ofMany(many, { text, basis, of }),
    ...(history && { history: { of: new Set(of), every: history.every } }),
    ...(noise && { noise: noise.epsilon }),
  }
}

/** What a rule tells of many by. */
interface ToldBy {
  readonly text: RuleText
  readonly basis: RuleBasis
  /** Attributes besides those that it names. */
  readonly of?: readonly Iri[]
}

function ofMany({ least = LEAST, by = [] }: OfManyText, { text, basis, of = [] }: ToldBy): OfMany {
  const { vocabulary, hub } = basis
  const names = by.filter((name) => name !== 'scope').map((name) => vocabulary.expandAttribute(name))
  const types = many(text.resource?.type ?? []).map((name) => vocabulary.expandType(name))
  const classes = [...names, ...of].map((name) =>
    vocabulary.ofChildren?.(name, types) ? 'sensitive' : (vocabulary.personalData(name, types) ?? 'none'),
  )
  const leasts = classes.map((each) => (each === 'none' ? LEAST : (hub.least?.[each] ?? LEAST)))
  return { least: Math.max(least, ...leasts), by: new Set(names), byScope: by.includes('scope') }
}

/** What no schema says: which members of a rule make sense together. */
function checkMembers(rule: Rule, report: Report): void {
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
  const { by, history } = rule.obligations?.aggregateOnly ?? {}
  if (history && [...history.of].some((name) => by?.has(name))) {
    report(['obligations'], `Rule ${rule.id} tells averages of what it narrows by`)
  }
  if (rule.obligations?.log && !rule.actions.has('read')) {
    report(['obligations', 'log'], `Rule ${rule.id} records reading, which it does not speak of`)
  }
  if (rule.obligations?.limit && rule.effect !== 'permit') {
    report(['obligations', 'limit'], `Rule ${rule.id} says how often somebody may ask, and permits nothing`)
  }
  const narrow =
    isColumnRule(rule) || rule.types || rule.matchesId || rule.matchesScope || rule.matchesContent
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
    ...(text.assurance !== undefined && { assurance: text.assurance }),
    ...(text.bound && { bound: many(text.bound) }),
    ...(text.anonymous !== undefined && { anonymous: text.anonymous }),
  }
}

/** `hub.city` is the city of this hub; a hub without a city belongs to nobody's city. */
function resolveCity(city: string, hub: Hub): readonly string[] {
  if (city !== 'hub.city') return [city]
  return hub.city === undefined ? [] : [hub.city]
}

function checkTypes(names: readonly string[], vocabulary: Vocabulary, report: Report): void {
  names.forEach((name, at) => {
    if (!vocabulary.types.has(vocabulary.expandType(name))) {
      report(['resource', 'type', ...(names.length > 1 ? [at] : [])], `Entity type ${name} is not known`)
    }
  })
}

function checkPattern(pattern: string, report: Report): void {
  try {
    RE2JS.compile(pattern)
  } catch {
    report(['resource', 'idPattern'], 'Id pattern is not a regular expression that runs in linear time')
  }
}

/** The whole id must match: a pattern that was meant narrow never opens more. Patterns of ids that never come are not compiled. */
function idMatcher(pattern: string): (id: string) => boolean {
  const start = literalStart(pattern)
  let compiled: RE2JS | undefined
  return (id) => {
    if (!id.startsWith(start)) return false
    compiled ??= RE2JS.compile(pattern)
    return compiled.matches(id)
  }
}

/** What every id that matches begins with; a character that may be left out is no part of it. */
function literalStart(pattern: string): string {
  if (pattern.includes('|')) return ''
  const [start = ''] = /^[\w:/-]*/.exec(pattern) ?? []
  return /[*?{]/.test(pattern.charAt(start.length)) ? start.slice(0, -1) : start
}

function many<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T] // arrays were told apart, T itself is never one
}
