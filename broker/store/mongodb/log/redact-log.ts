import type { LogRecord } from '../../../core/model/change.ts'
import type { Entity } from '../../../core/model/entity.ts'
import { canonicalEntity } from '../../port/canonical.ts'
import { parseEntity } from '../../port/change.ts'
import {
  type Erasure,
  isEverything,
  redactBefore,
  redactChanges,
  redactEntity,
} from '../../port/past-selection.ts'
import type { EntityUnit, ForgottenRecord } from '../../port/store.ts'
import type { KeptEntity, KeptRecord, TenantCollections } from '../mongo-documents.ts'
import type { LogErasure } from './change-record.ts'

type Written = Omit<LogRecord, 'sequence'>

/**
 * Takes what was erased of an entity out of the records that the log has of it; the current state stays. Others may do the
 * same at the same time, and write to the entity.
 */
export async function redactLog(
  { entities, log }: TenantCollections,
  { id, version: last }: { readonly id: string; readonly version: number },
  { erasures, since }: LogErasure,
): Promise<void> {
  const prefix = `entity ${id} `
  const filter =
    since === undefined
      ? { key: { $gte: prefix, $lt: `entity ${id}!` } } // behind a blank
      : { key: { $in: [`${prefix}${since}`, `${prefix}${last}`] } }
  let known: Pick<KeptEntity, 'version' | 'text'> | null = null
  for await (const record of log.find(filter)) {
    const version = Number(record.key.slice(prefix.length))
    await rewriteRecord(log, record, async (text) => {
      // what is past stays so; what was current when it was looked at takes its erasures along
      if (version > (known?.version ?? 0))
        known = await entities.findOne({ _id: id }, { projection: { version: 1, text: 1 } })
      const isCurrent = known?.text !== undefined && known.version === version
      return redactText(text, erasures, { version, isCurrent })
    })
  }
}

/** Takes what is to be forgotten out of a record that the log has of a document, and out of the next one, which tells of it as of what was before. */
export async function forgetRecord(
  log: TenantCollections['log'],
  key: string,
  { sequence, before, after }: ForgottenRecord,
): Promise<void> {
  const found = await log.findOne({ _id: sequence })
  if (!found?.key.startsWith(`${key} `)) return
  await forgetStates(log, found, { ...(before && { before }), ...(after && { after }) })
  if (!after) return
  const behind = log.find({ _id: { $gt: sequence }, key: { $gte: `${key} `, $lt: `${key}!` } })
  for await (const record of behind.sort({ _id: 1 })) {
    if (!/^\d+$/.test(record.key.slice(key.length + 1))) continue // of an id that begins alike
    await forgetStates(log, record, { before: true })
    return
  }
}

function forgetStates(
  log: TenantCollections['log'],
  record: KeptRecord,
  { before, after }: Pick<ForgottenRecord, 'before' | 'after'>,
): Promise<void> {
  return rewriteRecord(log, record, (text) => {
    const { before: past, after: state, ...told }: Written = JSON.parse(text)
    return JSON.stringify({
      ...told,
      ...(!before && past && { before: past }),
      ...(!after && state && { after: state }),
    })
  })
}

/** Has a record say less than when it was read, and than whatever others make of it meanwhile. */
async function rewriteRecord(
  log: TenantCollections['log'],
  record: KeptRecord,
  less: (text: string) => string | Promise<string>,
): Promise<void> {
  const { _id } = record
  for (let found: KeptRecord | null = record; found; found = await log.findOne({ _id })) {
    const { text } = found
    const left = await less(text)
    if (left === text) return
    const { matchedCount } = await log.updateOne({ _id, text }, { $set: { text: left } })
    if (matchedCount > 0) return
  }
}

function redactText(
  text: string,
  erasures: readonly Erasure[],
  { version, isCurrent }: { readonly version: number; readonly isCurrent: boolean },
): string {
  const record: Written = JSON.parse(text)
  const { at, attributes = [] } = record
  const before = record.before as Entity | undefined // of an entity
  const after = record.after as Entity | undefined
  const told = { version, at }
  const redactAttributes = isCurrent ? redactBefore : redactChanges
  return JSON.stringify({
    ...record,
    ...(before && { before: redactEntity(before, erasures, { version, at: before.modifiedAt }) }),
    ...(after && { after: isCurrent ? after : redactEntity(after, erasures, told) }),
    ...(record.attributes && { attributes: redactAttributes(attributes, erasures, told) }),
  })
}

/** Answers what the document of an entity keeps of an erasure: what its state, or its last one, still has. */
export function erasedFields(found: KeptEntity, erasure: Erasure): Partial<KeptEntity> {
  const { text, last, version } = found
  const told = { version, at: erasure.at }
  if (text !== undefined) {
    const state = parseEntity(text)
    const known = erasuresOf(found)
    return redactEntity(state, [erasure], told) === state
      ? {}
      : { erased: JSON.stringify([...known, erasure]) }
  }
  if (last === undefined || isEverything(erasure.what)) return {}
  return { last: canonicalEntity(redactEntity(parseEntity(last), [erasure], told)) }
}

/** Answers what a document whose state is past keeps of what was erased: what the next state, or the last one, still has. */
export function stillErased(
  found: KeptEntity,
  { next, change: { at } }: EntityUnit,
  version: number,
): Partial<KeptEntity> {
  const erasures = erasuresOf(found)
  if (next) {
    const left = erasures.filter((one) => redactEntity(next, [one], { version, at }) !== next)
    return left.length > 0 ? { erased: JSON.stringify(left) } : {}
  }
  if (found.text === undefined) return {}
  const last = redactEntity(parseEntity(found.text), erasures, { version: found.version, at })
  return { last: canonicalEntity(last) }
}

/** Answers what was erased of the past of an entity while its state still had it. */
export function erasuresOf({ erased }: Pick<KeptEntity, 'erased'>): readonly Erasure[] {
  return erased === undefined ? [] : JSON.parse(erased)
}
