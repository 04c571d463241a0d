import type { Claims } from '../../../security/policy/claims.ts'
import type { ExplainedDecision, Question } from '../../../security/policy/explain-decision.ts'
import { atTime } from '../../core/merge/at-time.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import { see } from '../../core/view/see.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import type { PoliciesInForce } from './policies-in-force.ts'

export interface ExplainAccess extends Pick<Command, 'caller' | 'tenant'> {
  /** Who would ask. */
  readonly as: Claims
  readonly question: Question
}

interface Dependencies {
  readonly policies: PoliciesInForce
  readonly store: Pick<Store, 'read'>
  readonly clock: () => Micros
}

/**
 * Explains why somebody may do something or not, by the rules in force: of an entity of this hub that the caller sees, by
 * what is stored, without a value of it. @throws Problem Forbidden, ResourceNotFound
 */
export const explainAccess =
  ({ policies, store, clock }: Dependencies) =>
  async ({ caller, tenant, as, question }: ExplainAccess): Promise<ExplainedDecision> => {
    caller.check('read', tenant, { resource: 'policy' })
    caller.check('read', tenant, { resource: 'explanation' })
    const { id, resource, action } = question
    if (id === undefined || resource !== 'entity' || action === 'create')
      return policies.explain(as, tenant, question)
    caller.check('read', tenant, { resource: 'entity', id })
    const stored = await store.read(tenant, id)
    const entity = stored && atTime(parseEntity(stored.text), clock())
    const seen = entity && see(entity, caller.view(tenant))
    if (!entity || !seen) throw new Problem('ResourceNotFound', `Entity ${id} does not exist`)
    const { attributes = Object.keys(seen.attributes) } = question
    return policies.explain(as, tenant, { ...question, entity, types: entity.types, attributes })
  }
