import type { Claims } from '../../../security/policy/claims.ts'
import type { ToldAttribute } from '../../../security/policy/explain-decision.ts'
import { KINDS } from '../../../security/policy/policy-schema.ts'
import type { Action, Caller, RequestRate, Target } from '../../core/model/caller.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { View } from '../../core/view/view.ts'
import type { Command } from '../command.ts'
import { may } from '../may.ts'
import type { PoliciesInForce } from './policies-in-force.ts'

/** On which entities of a type: each, some (it depends on the entity), or of many together and of none alone. */
export type Reach = 'all' | 'some' | 'together'

/** What a caller may do with entities of a type; an action that is not there is refused. */
export type ActionsOnType = Readonly<Partial<Record<Action, Reach>>>

/** What a caller may do with entities of one type, and how it sees their attributes, where that is asked for. */
export interface AccessToType {
  readonly type: Iri
  readonly actions: ActionsOnType
  readonly attributes?: readonly Omit<ToldAttribute, 'rules' | 'treatment'>[]
}

/** What a caller may do with things of one kind besides entities; `own`: with those only that it created itself. */
export interface AccessToKind {
  readonly kind: Target['resource']
  readonly actions: readonly Action[]
  readonly own: readonly Action[]
}

/** What a caller is to the hub, and what it may do and see. */
export interface OwnAccess {
  /** Absent: there is no access control, and whoever asks may do everything. */
  readonly claims?: Claims
  readonly rates: readonly RequestRate[]
  readonly kinds: readonly AccessToKind[]
  readonly types: readonly AccessToType[]
  /** With entities of types that the ontology does not know. */
  readonly otherTypes: ActionsOnType
}

export interface RetrieveOwnAccess extends Pick<Command, 'caller' | 'tenant'> {
  /** Only of these types, and with their attributes. */
  readonly about?: readonly Iri[]
}

interface Dependencies {
  readonly policies: Pick<PoliciesInForce, 'explain'>
  /** The types of the ontology, and what it says of the attributes of each. */
  readonly described: () => ReadonlyMap<Iri, readonly Pick<ToldAttribute, 'attribute' | 'class'>[]>
}

const ACTIONS = ['read', 'create', 'update', 'delete'] as const
/** Stands for all types that nobody described. */
const OTHER = 'urn:ngsi-ld:type:other'

/**
 * Tells a caller what it may do and see, by its claims and the rules in force: nothing is looked up, so that it says nothing of
 * what there is, and conditions of rules are not told. Whoever asks may know this of itself.
 */
export const retrieveOwnAccess =
  (dependencies: Dependencies) =>
  ({ caller, tenant, about }: RetrieveOwnAccess): OwnAccess => {
    const claims = caller.claims as Claims | undefined // as callers.ts has it
    const types = about ?? [...dependencies.described().keys()]
    const told = types.map(
      (type): AccessToType => ({
        type,
        actions: actionsOn(caller, tenant, type),
        ...(about && { attributes: attributesOf(dependencies, { claims, tenant }, type) }),
      }),
    )
    return {
      ...(claims && { claims }),
      rates: caller.rates?.(tenant) ?? [],
      kinds: KINDS.flatMap((kind) => (kind === 'entity' ? [] : kindOf(caller, tenant, kind))),
      types: told.filter(({ actions }) => about !== undefined || Object.keys(actions).length > 0),
      otherTypes: actionsOn(caller, tenant, OTHER),
    }
  }

function actionsOn(caller: Caller, tenant: Tenant, type: Iri): ActionsOnType {
  const target = { resource: 'entity', types: [type] } as const
  const permitted = ACTIONS.filter((action) => may(caller, action, tenant, target))
  return Object.fromEntries(
    permitted.map((action): [Action, Reach] => [
      action,
      action === 'read'
        ? seen(caller.view(tenant), type)
        : may(caller, action, tenant, { ...target, final: true })
          ? 'all'
          : 'some',
    ]),
  )
}

function seen(view: View, type: Iri): Reach {
  if (view.types?.has(type) === false) return 'together'
  return view.admitsAll(type) ? 'all' : 'some'
}

function kindOf(caller: Caller, tenant: Tenant, kind: Target['resource']): readonly AccessToKind[] {
  const permitted = ACTIONS.filter((action) => may(caller, action, tenant, { resource: kind }))
  if (permitted.length === 0) return []
  const own = permitted.filter((action) => !may(caller, action, tenant, { resource: kind, own: false }))
  return [{ kind, actions: permitted, own }]
}

function attributesOf(
  { policies, described }: Dependencies,
  { claims, tenant }: { readonly claims: Claims | undefined; readonly tenant: Tenant },
  type: Iri,
): NonNullable<AccessToType['attributes']> {
  if (!claims) return (described().get(type) ?? []).map((each) => ({ ...each, shown: 'clear' }))
  const question = { action: 'read', resource: 'entity', types: [type] } as const
  const { attributes } = policies.explain(claims, tenant, question)
  return attributes.map(({ rules: _, treatment: __, ...told }) => told)
}
