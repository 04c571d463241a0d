import { existsSync } from 'node:fs'
import { readHeads } from '../../../security/audit/audit-files.ts'
import type { SignedHead } from '../../../security/audit/signed-head.ts'
import { type AuditVerdict, verifyAudit, verifyExport } from '../../../security/audit/verify-audit.ts'
import { type AuditPlaces, auditPlaces } from '../../main/audit.ts'
import { readConfig } from '../../read-config.ts'
import { CommandFailure } from '../command-failure.ts'
import { askHub, type HubOptions } from './ask-hub.ts'
import { writeBody } from './export.ts'

/** Command line options of `hub audit verify`. */
export interface VerifyOptions {
  readonly config?: string
  readonly data?: string
  readonly folder?: string
  readonly heads?: string
  readonly head?: readonly string[]
  readonly key?: readonly string[]
  readonly file?: string
}

/** Command line options of `hub audit export`. */
export interface ExportAuditOptions extends HubOptions {
  readonly from?: string
  readonly to?: string
  readonly as: 'ndjson' | 'csv'
  readonly output?: string
}

/** Checks a log or an export and says what is wrong with it, and where. @throws CommandFailure where something is */
export async function verify(options: VerifyOptions): Promise<void> {
  const { file, head = [], key } = options
  const anchors: SignedHead[] = []
  for (const path of head) anchors.push(...(await headsOf(path)))
  const against = { anchors, ...(key && { keys: key }) }
  const verdict = file === undefined ? await verifyLog(options, against) : await verifyExport(file, against)
  tell(verdict)
}

async function headsOf(path: string): Promise<readonly SignedHead[]> {
  const heads = await readHeads(path)
  if (heads.length === 0) throw new CommandFailure(`File ${path} holds no signed head`)
  return heads
}

async function verifyLog(
  options: VerifyOptions,
  against: { readonly anchors: readonly SignedHead[]; readonly keys?: readonly string[] },
): Promise<AuditVerdict> {
  const places = await placesOf(options)
  if (!existsSync(places.folder)) throw new CommandFailure(`Folder ${places.folder} is not there`)
  return verifyAudit({ ...places, ...against })
}

async function placesOf({ config, data, folder, heads }: VerifyOptions): Promise<AuditPlaces> {
  const given =
    config === undefined ? undefined : await readConfig({ file: config, environment: process.env })
  const of = given
    ? auditPlaces(given)
    : auditPlaces({ data: data ?? './data/hub', audit: { folder: '', heads: '' } })
  return { folder: folder ?? of.folder, heads: heads ?? of.heads }
}

function tell({ faults, records, segments, first, last, sealed, keys }: AuditVerdict): void {
  const range = first === undefined ? '' : `, ${first} to ${last}`
  process.stdout.write(`${records} records in ${segments} files${range}\n`)
  if (sealed) process.stdout.write(`sealed up to record ${sealed.seq} at ${sealed.at}\n`)
  for (const key of keys) process.stdout.write(`signed with key ${key}\n`)
  if (faults.length === 0) {
    process.stdout.write('nothing was removed, altered, reordered or cut off\n')
    return
  }
  for (const { file, line, text } of faults)
    process.stdout.write(`${file}${line === undefined ? '' : `:${line}`}: ${text}\n`)
  throw new CommandFailure(`Audit log has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`)
}

const TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv' } as const
const PATIENCE_MILLISECONDS = 600_000

/** Writes records as a running hub answers them; a file is only there when it is whole. @throws CommandFailure */
export async function exportAudit({ from, to, as, output, ...hub }: ExportAuditOptions): Promise<void> {
  const search = new URLSearchParams({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) })
  const { body } = await askHub(hub, {
    path: `/hub/v1/audit?${search}`,
    accept: TYPES[as],
    patienceMs: PATIENCE_MILLISECONDS,
  })
  await writeBody(body, output, 'lines')
}
