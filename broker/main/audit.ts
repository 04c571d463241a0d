import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import type { Ontology } from '../../ontology/ontology.ts'
import type { Audit } from '../../security/audit/audit.ts'
import type { HeadWitness } from '../../security/audit/kept-heads.ts'
import { headDocument, readHead } from '../../security/audit/signed-head.ts'
import type { Config } from '../config.ts'
import { DEFAULT_TENANT } from '../core/model/tenant.ts'
import { DAY, type Micros } from '../core/model/time.ts'
import type { PoliciesInForce } from '../operations/policies/policies-in-force.ts'
import type { Processes } from '../store/port/processes.ts'
import type { Store } from '../store/port/store.ts'

/** What an audit log is kept with. */
export interface AuditParts {
  readonly store: Store
  readonly processes: Pick<Processes, 'tell' | 'hear'>
  readonly secret: Uint8Array
  readonly clock: () => Micros
  readonly log: Logger
  readonly ontology: Pick<Ontology, 'personalData'>
}

/** Where an audit log and the second place of its heads are. */
export interface AuditPlaces {
  readonly folder: string
  readonly heads: string
}

/** What the signing key of audit heads is made for. */
export const AUDIT_PURPOSE = 'audit'
const COUNT_MILLISECONDS = 5000
const MONTH: Micros = 31 * DAY
const WRITE_MILLISECONDS = 1000

/** Answers where the audit log of a hub is. */
export function auditPlaces({
  audit,
  data,
}: Pick<Config, 'data'> & { readonly audit: AuditPlaces }): AuditPlaces {
  return {
    folder: audit.folder || join(data, 'audit'),
    heads: audit.heads || join(data, 'audit-heads.ndjson'),
  }
}

/** Opens the audit log of a hub that has access control; undefined: it has none. */
export async function assembleAudit(config: Config, parts: AuditParts): Promise<Audit | undefined> {
  if (config.auth.mode === 'off') return undefined
  const { openAuditLog } = await import('../../security/audit/audit-log.ts')
  const { createAudit } = await import('../../security/audit/create-audit.ts')
  const { countExchanges } = await import('../../security/audit/exchanges.ts')
  const { createSubjects } = await import('../../security/audit/subjects.ts')
  const { auditWrites } = await import('../../security/audit/audited-writes.ts')
  const { openLogPositions } = await import('../../security/audit/log-positions.ts')
  const { signingKey } = await import('../../security/signing-key.ts')
  const { clock, secret, store, ontology } = parts
  const { places, remove } = placesOf(config)
  const failed = (err: unknown, text: string): void => parts.log.error({ err }, text)
  const log = await openAuditLog({
    ...places,
    hub: config.name,
    key: signingKey(secret, AUDIT_PURPOSE),
    clock,
    segmentBytes: config.audit.segmentBytes,
    witness: witnessOf(places, parts),
    failed,
  })
  const tenants = await store.tenants()
  const positions = await openLogPositions(store, tenants, clock)
  const subjects = createSubjects(parts)
  const { personalData } = ontology
  const audit = createAudit({
    log,
    folder: places.folder,
    subjects,
    exchanges: countExchanges({ store, clock, lifetime: config.audit.keepMonths * MONTH, failed }),
    writes: (to) =>
      auditWrites(
        {
          ...{ store, audit: to, subjects, positions, personalData, failed },
          milliseconds: WRITE_MILLISECONDS,
        },
        tenants,
      ),
    clock,
    countMilliseconds: COUNT_MILLISECONDS,
    lifetime: config.audit.keepMonths * MONTH,
    sealMilliseconds: config.audit.sealSeconds * 1000,
    failed,
  })
  const { close } = audit
  return { ...audit, close: () => close().finally(remove) }
}

/** The store remembers the newest head for each folder, and the log of the process tells it to whoever keeps that. */
function witnessOf({ folder }: AuditPlaces, { store, clock, log }: AuditParts): HeadWitness {
  const of = hash('sha256', JSON.stringify([hostname(), resolve(folder)]), 'base64url')
  const place = { collection: 'auditKey', id: `head ${of}` } as const
  return {
    newest: async () => {
      const kept = await store.document(DEFAULT_TENANT, place.collection, place.id)
      return kept && readHead(kept.document)
    },
    keep: async (head) => {
      log.info({ auditHead: headDocument(head) }, 'audit log sealed')
      const unit = { ...place, next: headDocument(head), at: clock(), origin: { by: 'hub' }, logged: false }
      await store.commit(DEFAULT_TENANT, [unit])
    },
  }
}

/** A store in a temporary folder has its log in one. */
function placesOf(config: Config): { readonly places: AuditPlaces; readonly remove: () => void } {
  if (config.store.kind !== 'memory' || config.audit.folder !== '')
    return { places: auditPlaces(config), remove: () => undefined }
  const data = mkdtempSync(join(tmpdir(), 'hub-audit-'))
  return {
    places: auditPlaces({ ...config, data }),
    remove: () => rmSync(data, { recursive: true, force: true }),
  }
}

/** Puts on record which policies have come in force. */
export function recordPolicies(
  audit: Pick<Audit, 'record'>,
  policies: Pick<PoliciesInForce, 'versions'>,
  log: Logger,
): void {
  const [version] = policies.versions()
  if (!version) return
  const { generation, cause, rules, files } = version
  const details = { generation, cause, rules, files: [...files] }
  audit
    .record({ operation: 'policies.inForce', outcome: 'done', details })
    .catch((err: unknown) => log.error({ err }, 'policies in force cannot be put on record'))
}
