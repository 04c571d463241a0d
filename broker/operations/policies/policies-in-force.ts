import type { Claims } from '../../../security/policy/claims.ts'
import type { ExplainedDecision, Question } from '../../../security/policy/explain-decision.ts'
import type { PolicyFault } from '../../../security/policy/load-policies.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'

/** Why rules were read. */
export type PolicyCause = 'start' | 'file' | 'request' | 'signal'

/** Rules that were in force from an instant on. */
export interface PolicyVersion {
  /** Hash of all that was read. */
  readonly generation: string
  readonly since: Micros
  readonly cause: PolicyCause
  readonly files: readonly string[]
  readonly rules: number
  /** What is told in groups that are other ones than before: answers from before and after could be joined. Absent: nothing. */
  readonly regrouped?: readonly string[]
}

/** Files that were read and not taken. */
export interface RefusedPolicies {
  readonly at: Micros
  readonly cause: PolicyCause
  readonly faults: readonly PolicyFault[]
}

/** The rules in force, those before them, and how others come in. */
export interface PoliciesInForce {
  /** Newest first: the first one is in force; none: the hub runs without access control. */
  versions(): readonly PolicyVersion[]
  /** Explains what they come to for somebody. */
  explain(claims: Claims, tenant: Tenant, question: Question): ExplainedDecision
  /** Turns names of the ontology into those that the rules know; IRIs stay. */
  expand(name: string): Iri
  /** What was refused since the newest version came in force. */
  refused(): RefusedPolicies | undefined
  /**
   * Reads the files again. Others are in force in one moment, for everything; faulty ones change nothing.
   * @throws Problem Conflict with the faults as member `faults`
   */
  reload(cause: PolicyCause): Promise<PolicyVersion>
}
