import type { Action, Target } from '../../broker/core/model/caller.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import { applicableRules } from './applicable-rules.ts'
import type { Claims } from './claims.ts'
import { classOf, type EntityRules, entityRules, matchesAttribute, rowList } from './entity-rules.ts'
import type { PolicySet, Rule } from './rule.ts'
import { indexOf } from './rule-index.ts'
import type { RuleList } from './rule-list.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * Refuses what the policies do not permit, before anything is looked up. What the target leaves open is taken as
 * possible; the operation asks again when it knows the types, scopes and attributes. Of a `final` target it is taken as
 * what is forbidden: nobody can look at what another hub holds before it is changed there.
 * @throws Problem Unauthorized for callers without a token, StepUpRequired where a better sign-in would do, Forbidden for all others
 */
export type Rights = (action: Action, target: Target) => void

/** Compiles what the policies let a caller do in a tenant: the rules about it are picked and sorted once. */
export function compileRights(policies: PolicySet, claims: Claims, tenant: Tenant): Rights {
  const rules = applicableRules(policies, claims, tenant)
  const seen = once(() => entityRules(rules, 'read'))
  const sorted: Readonly<Record<Action, () => EntityRules>> = {
    read: once(() => withTogether(seen())),
    create: once(() => entityRules(rules, 'create')),
    update: once(() => entityRules(rules, 'update')),
    delete: once(() => entityRules(rules, 'delete')),
  }
  const better = once(() => withMoreAssurance(policies, claims, tenant))
  return (action, target) => {
    const permitted =
      target.resource === 'entity'
        ? permitsEntity(sorted[action](), action, { target, vocabulary: policies.vocabulary })
        : permitsKind(rules, action, target)
    if (!permitted) throw better().stepUp(action, target) ?? refusal(claims, action, target)
    if (action !== 'create' || target.resource !== 'entity' || target.id === undefined) return
    if (seesIdSpace(seen(), target.id, policies.vocabulary)) return
    throw claims.anonymous ? refusal(claims, action, target) : hiddenIdSpace()
  }
}

/** Answers the refusal that tells a caller to show better who it is, where more would be permitted to it then. */
function withMoreAssurance(
  policies: PolicySet,
  claims: Claims,
  tenant: Tenant,
): { readonly stepUp: (action: Action, target: Target) => Problem | undefined } {
  const assurance = indexOf(policies.rules).assuranceAbove(claims.assurance ?? 0)
  if (claims.anonymous || assurance === undefined) return { stepUp: () => undefined }
  const rights = compileRights(policies, { ...claims, assurance }, tenant)
  return {
    stepUp: (action, target) => {
      try {
        rights(action, target)
        const text = `Policies ask this caller to show better who it is, to ${action} this`
        return new Problem('StepUpRequired', text, { members: { assurance } })
      } catch (error) {
        return error instanceof Problem && error.code === 'StepUpRequired' ? error : undefined
      }
    },
  }
}

/** Most callers do one thing only. */
function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Who may have something of many entities may ask for them; what it sees of each is another question. */
function withTogether(rules: EntityRules): EntityRules {
  return { ...rules, permits: rowList([...rules.permits.all, ...rules.together]) }
}

/**
 * That an id is taken tells that there is something: entities are created by those only who may see whatever has such an
 * id, of a type that an id names as `urn:ngsi-ld:TYPE:…` (CIM 009 v1.9.1, annex A.3).
 */
function seesIdSpace({ permits, denials }: EntityRules, id: string, vocabulary: Vocabulary): boolean {
  const [, name] = /^urn:ngsi-ld:([^:]+):/.exec(id) ?? []
  const named = name === undefined ? undefined : vocabulary.expandType(name)
  const isAbout = ({ matchesId, types }: Rule, open: boolean) =>
    matchesId?.(id) !== false && (types === undefined || (named === undefined ? open : types.has(named)))
  const seen = permits.of(named === undefined ? [] : [named])
  const isSeen = seen.some((rule) => isPlaceless(rule) && isAbout(rule, false))
  return isSeen && !denials.all.some((rule) => isAbout(rule, true))
}

function hiddenIdSpace(): Problem {
  return new Problem(
    'Forbidden',
    'Policies let this caller create entities only under ids of which it may read every entity',
  )
}

/** Of what a rule tells by place or content, the id alone says nothing. */
function isPlaceless({ matchesScope, matchesContent }: Rule): boolean {
  return matchesScope === undefined && matchesContent === undefined
}

function permitsKind(rules: readonly Rule[], action: Action, { resource, own }: Target): boolean {
  const about = rules.filter((rule) => rule.actions.has(action) && rule.kinds.has(resource))
  const permits = about.some((rule) => rule.effect === 'permit' && (!rule.own || own !== false))
  return permits && !about.some((rule) => rule.effect === 'deny' && (!rule.own || own === true))
}

/** What is asked about, and what classes its attributes. */
interface Asked {
  readonly target: Target
  readonly vocabulary: Vocabulary
}

/** Where no rule speaks of attributes, all of a type are judged alike. */
function permitsEntity(rules: EntityRules, action: Action, { target, vocabulary }: Asked): boolean {
  const types = target.final ? orAny(target.types, vocabulary) : orOpen(target.types)
  const attributes = orOpen(rules.columns.all.length > 0 ? target.attributes : undefined)
  const permits = (type: Iri | undefined) => (attribute: Iri | undefined) =>
    permitsCell(rules, action, { target, vocabulary, type, attribute })
  return action === 'read' && !target.final
    ? types.some((type) => attributes.some(permits(type)))
    : types.every((type) => attributes.every(permits(type)))
}

const OPEN = [undefined]

function orOpen(names: readonly Iri[] | undefined): readonly (Iri | undefined)[] {
  return names?.length ? names : OPEN
}

/** An attribute may be of another class on another type. */
function orAny(types: readonly Iri[] | undefined, vocabulary: Vocabulary): readonly (Iri | undefined)[] {
  return types?.length ? types : [undefined, ...vocabulary.types]
}

/** One type and one attribute of a target: both may be open. */
interface Cell extends Asked {
  readonly type: Iri | undefined
  readonly attribute: Iri | undefined
}

function permitsCell({ permits, denials, columns }: EntityRules, action: Action, cell: Cell): boolean {
  const final = cell.target.final === true
  const permitting = (rule: Rule) => rule.effect === 'permit' && matchesTarget(rule, cell, !final)
  if (candidates(denials, cell, final).some((rule) => matchesTarget(rule, cell, final))) return false
  const permitted = () => candidates(permits, cell, !final).some(permitting)
  if (action === 'read') return permitted()
  const about = candidates(columns, cell, true).filter((rule) => coversAttribute(rule, cell))
  const judged = cell.attribute !== undefined || final
  const denied = (rule: Rule) => rule.effect === 'deny' && matchesTarget(rule, cell, true)
  if (judged && about.some(denied)) return false
  if (permitted()) return true
  const partly = action === 'update' || action === 'delete'
  return partly && !(final && cell.attribute === undefined) && about.some(permitting)
}

/** The rules that may speak of the type of a cell; where it is open, all do, or those that name none. */
function candidates(rules: RuleList, { type }: Cell, open: boolean): readonly Rule[] {
  if (type !== undefined) return rules.of([type])
  return open ? rules.all : rules.of([])
}

/** Tells whether a rule speaks of the target; `open` is the answer where the target does not say. */
function matchesTarget(rule: Rule, { target, type }: Cell, open: boolean): boolean {
  const typed = rule.types === undefined || (type === undefined ? open : rule.types.has(type))
  const named = rule.matchesId === undefined || (target.id === undefined ? open : rule.matchesId(target.id))
  const placed =
    rule.matchesScope === undefined || (target.scopes === undefined ? open : rule.matchesScope(target.scopes))
  const entity = target.entity
  const met = rule.matchesContent === undefined || (entity ? rule.matchesContent(entity) : open)
  return typed && named && placed && met
}

/** A right on some attributes is no right on the whole entity: no attributes at all are not covered by it. */
function coversAttribute(rule: Rule, { target, attribute, type, vocabulary }: Cell): boolean {
  if (attribute === undefined) return target.attributes === undefined
  const types = target.types?.length ? target.types : type === undefined ? [] : [type]
  return matchesAttribute(rule, attribute, classOf(vocabulary, attribute, types))
}

function refusal(claims: Claims, action: Action, { resource, types = [] }: Target): Problem {
  const what = resource === 'entity' ? 'entities' : `resources of kind ${resource}`
  const [type] = types
  const kind = type === undefined ? '' : ` of type ${type}`
  if (claims.anonymous) {
    return new Problem('Unauthorized', `Request has no token, and to ${action} ${what}${kind} one is needed`)
  }
  return new Problem('Forbidden', `Policies do not let this caller ${action} ${what}${kind}`)
}
