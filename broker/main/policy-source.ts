import type { Logger } from 'pino'
import { explainDecision } from '../../security/policy/explain-decision.ts'
import { loadPolicies, type PolicyFault } from '../../security/policy/load-policies.ts'
import type { PolicySet } from '../../security/policy/rule.ts'
import { rulesInTime } from '../../security/policy/rules-in-time.ts'
import { type DeclaredUses, underDeclaredUses } from '../../security/privacy/feed-uses.ts'
import type { GeometryEngine } from '../core/geo/engine.ts'
import { Problem } from '../core/model/problem.ts'
import type { Micros } from '../core/model/time.ts'
import type {
  PoliciesInForce,
  PolicyCause,
  PolicyVersion,
  RefusedPolicies,
} from '../operations/policies/policies-in-force.ts'
import { readPolicyFiles } from './policies.ts'
import type { PolicyVersions } from './policy-versions.ts'
import { type PolicyReading, readPoliciesApart } from './read-policies-apart.ts'

/** What is read faster than a thread starts, characters. */
const SHORT = 16_384

/** What rules come from. */
export interface PolicySourceParts extends PolicyReading {
  /** Files and folders. */
  readonly paths: readonly string[]
  readonly clock: () => Micros
  readonly log: Logger
  readonly versions: PolicyVersions
  /** What feeds declare of the use of their data; absent: nothing. */
  readonly uses?: DeclaredUses['current']
}

/** The rules in force, which may be others the next time that they are asked for. */
export interface PolicySource extends PoliciesInForce {
  readonly current: () => PolicySet
  /** Called whenever other rules have come in force. */
  onChange(told: () => void): void
}

/** Holds the rules in force; `first` are those that were read at the start. */
export function createPolicySource(first: PolicySet, parts: PolicySourceParts): PolicySource {
  const { clock, log, versions, uses } = parts
  const listeners: (() => void)[] = []
  let current = first
  const inTime = rulesInTime(() => current, clock)
  const inForce = uses ? underDeclaredUses(inTime, uses) : inTime
  let refused: RefusedPolicies | undefined
  let reading: Promise<PolicyVersion> | undefined
  let next: Promise<PolicyVersion> | undefined
  return {
    current: inForce,
    explain: (claims, tenant, question) => explainDecision(inForce(), { claims, tenant }, question),
    expand: (name) => parts.vocabulary.expandAttribute(name),
    versions: () => versions.list(),
    refused: () => refused,
    onChange: (told) => listeners.push(told),
    reload: (cause) => {
      if (!reading) return begin(cause)
      // what is being read may have been read too early
      next ??= reading.catch(() => undefined).then(() => begin(cause))
      return next
    },
  }

  function begin(cause: PolicyCause): Promise<PolicyVersion> {
    next = undefined
    reading = read(cause).finally(() => {
      reading = undefined
    })
    return reading
  }

  async function read(cause: PolicyCause): Promise<PolicyVersion> {
    const set = await readAnew().catch((error: unknown) => {
      throw refuse(error, cause)
    })
    refused = undefined
    const [before] = versions.list()
    return set.generation === before?.generation ? before : takeInForce(set, cause)
  }

  async function readAnew(): Promise<PolicySet> {
    const files = readPolicyFiles(parts.paths)
    const length = files.reduce((sum, { text }) => sum + text.length, 0)
    const isShort = length <= SHORT
    const set = isShort
      ? loadPolicies(files, parts.vocabulary, parts.hub)
      : await readPoliciesApart(files, parts)
    await readyForAreas(set, parts.hub.engine)
    return set
  }

  /** One assignment: from here on everything is judged by the new rules. */
  function takeInForce(set: PolicySet, cause: PolicyCause): PolicyVersion {
    current = set
    for (const told of listeners) told()
    const version = versions.add(set, cause)
    log.info({ generation: version.generation, rules: version.rules, cause }, 'policies are in force')
    return version
  }

  function refuse(error: unknown, cause: PolicyCause): unknown {
    const faults = error instanceof Problem ? error.members.faults : undefined
    if (!(error instanceof Problem) || !Array.isArray(faults)) {
      log.error({ err: error, cause }, 'policies cannot be read: those before them stay in force')
      return error
    }
    refused = { at: clock(), cause, faults: faults as readonly PolicyFault[] } // loadPolicies puts them there
    log.error({ faults, cause }, 'policies are faulty: those before them stay in force')
    return new Problem('Conflict', `${error.message}\nThose before them stay in force`, {
      members: { faults },
    })
  }
}

/** The engine that judges areas loads when a rule is in force that has one. */
export async function readyForAreas({ rules }: PolicySet, engine: GeometryEngine | undefined): Promise<void> {
  if (rules.some(({ matchesContent }) => matchesContent !== undefined)) await engine?.ready()
}
