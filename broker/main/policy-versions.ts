import type { Logger } from 'pino'
import type { PolicySet } from '../../security/policy/rule.ts'
import { waysTold } from '../../security/policy/told-apart.ts'
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

/** A version as it is kept. */
interface KeptVersion extends PolicyVersion {
  /** In which way groups were told last, in this version or before it. */
  readonly groups?: Readonly<Record<string, string>>
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
  let versions = kept.map(({ document }) => document as unknown as KeptVersion).reverse() // added below
  const add: PolicyVersions['add'] = (set, cause) => {
    const version = versionOf(set, { cause, since: clock(), before: versions[0]?.groups ?? {} })
    const { regrouped } = version
    if (regrouped)
      log.warn({ regrouped }, 'groups are others than before: answers from before and after could be joined')
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

interface Beginning extends Pick<PolicyVersion, 'cause' | 'since'> {
  readonly before: NonNullable<KeptVersion['groups']>
}

function versionOf(set: PolicySet, { before, ...beginning }: Beginning): KeptVersion {
  const { generation, rules } = set
  const files = [...new Set(rules.map(({ origin }) => origin.file))]
  const ways = waysTold(set)
  const regrouped = Object.keys(ways).filter((about) => (before[about] ?? ways[about]) !== ways[about])
  const groups = { ...before, ...ways }
  return {
    ...beginning,
    ...{ generation, files, rules: rules.length },
    ...(regrouped.length > 0 && { regrouped }),
    ...(Object.keys(groups).length > 0 && { groups }),
  }
}

/** Ids are in the order of time. */
function unit(version: KeptVersion, keep: boolean): DocumentUnit {
  return {
    collection: COLLECTION,
    id: `version ${String(version.since).padStart(17, '0')}`,
    at: version.since,
    origin: { by: 'hub' },
    logged: false,
    ...(keep && { next: { ...version } as unknown as JsonObject }), // texts, numbers and lists and records of texts
  }
}
