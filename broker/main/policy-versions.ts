import type { Logger } from 'pino'
import type { PolicySet } from '../../security/policy/rule.ts'
import type { JsonObject } from '../core/model/json.ts'
import { DEFAULT_TENANT } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { PolicyCause, PolicyVersion } from '../operations/policies/policies-in-force.ts'
import type { DocumentUnit, Store } from '../store/port/store.ts'

/** Which rules were in force from when on, kept over restarts. */
export interface PolicyVersions {
  /** Newest first. */
  list(): readonly PolicyVersion[]
  /** Notes that these rules are in force from now on. */
  add(set: PolicySet, cause: PolicyCause): PolicyVersion
}

interface VersionParts {
  readonly store: Pick<Store, 'documents' | 'commit'>
  readonly clock: () => Micros
  readonly log: Logger
}

/** So many versions are remembered. */
const MOST = 100
const COLLECTION = 'policy'

/** Reads the versions that are kept; what was read at the start is one of them. */
export async function readPolicyVersions(
  { store, clock, log }: VersionParts,
  first: PolicySet,
): Promise<PolicyVersions> {
  const kept = await store.documents(DEFAULT_TENANT, COLLECTION, { limit: 2 * MOST })
  let versions = kept.map(({ document }) => document as unknown as PolicyVersion).reverse() // added below
  const add: PolicyVersions['add'] = (set, cause) => {
    const version = versionOf(set, cause, clock())
    const old = versions.slice(MOST - 1)
    versions = [version, ...versions.slice(0, MOST - 1)]
    store
      .commit(DEFAULT_TENANT, [unit(version, true), ...old.map((each) => unit(each, false))])
      .catch((err: unknown) => log.warn({ err }, 'version of policies is not kept'))
    return version
  }
  if (versions[0]?.generation !== first.generation) add(first, 'start')
  return { list: () => versions, add }
}

function versionOf({ generation, rules }: PolicySet, cause: PolicyCause, since: Micros): PolicyVersion {
  const files = [...new Set(rules.map(({ origin }) => origin.file))]
  return { generation, since, cause, files, rules: rules.length }
}

/** Ids are in the order of time. */
function unit(version: PolicyVersion, keep: boolean): DocumentUnit {
  return {
    collection: COLLECTION,
    id: `version ${String(version.since).padStart(17, '0')}`,
    at: version.since,
    origin: { by: 'hub' },
    logged: false,
    ...(keep && { next: { ...version } as unknown as JsonObject }), // texts, numbers and a list of texts
  }
}
