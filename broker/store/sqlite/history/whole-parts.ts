import { wholeChange } from '../../../core/merge/settle.ts'
import type { Entity, Instance } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import type { Micros } from '../../../core/model/time.ts'
import { parseEntity } from '../../port/change.ts'
import { historyEntries, scopeChange } from '../../port/history-instances.ts'
import type { PlacedRow } from './placed-row.ts'

/** One instance of those that came or went with the entity. */
export interface WholePart {
  readonly attribute: Iri
  readonly row: PlacedRow
}

/** What a log record tells of an entity that came or went. */
export interface WholeRecord {
  readonly action: 'created' | 'deleted'
  readonly at: Micros
  readonly text: string | null
}

/** Answers what a log record tells of each instance. */
export function wholeParts(
  of: Pick<PlacedRow, 'subject' | 'source'>,
  { action, at, text }: WholeRecord,
): readonly WholePart[] {
  if (text === null) return []
  const entity: Entity = parseEntity(text)
  const deleted = action === 'deleted'
  const states = deleted ? { before: entity } : { after: entity }
  const scopes = scopeChange(states.before, states.after, at)
  const { attributes, ...change } = wholeChange(action, entity, at)
  const changes = scopes ? [...attributes, scopes] : attributes
  return historyEntries({ ...change, attributes: changes }).map(({ place, instance }) => {
    const { createdAt }: Instance = JSON.parse(instance.text ?? '{}')
    const { attribute, time, datasetId: dataset = '' } = place
    const observed = instance.observedAt !== undefined
    const times = { time, observed, created: createdAt, modified: instance.modifiedAt }
    const content = { text: instance.text ?? null, value: null, unit: null, instance: null }
    return { attribute, row: { dataset, deleted, ...of, ...times, ...content } }
  })
}
