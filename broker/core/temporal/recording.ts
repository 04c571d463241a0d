import { instancesOf } from '../merge/attributes.ts'
import { sameContent } from '../merge/settle.ts'
import type { AttributeChange, EntityChange } from '../model/change.ts'
import type { Attributes, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { Micros } from '../model/time.ts'
import { firstRule, type OfAttributes } from './rules-of-attributes.ts'

/** What of the changes of an attribute history keeps: those of its content alone, one in each period, none. */
export type Keeping =
  | { readonly keep: 'changed' }
  | { readonly keep: 'off' }
  | { readonly keep: 'sampled'; readonly every: Micros }

/** What history keeps of some attributes of entities of some types. */
export interface RecordingRule extends OfAttributes {
  readonly keeping: Keeping | { readonly keep: 'all' }
}

/** Tells what history keeps of an attribute of an entity that has these types; undefined: every change. */
export type Recording = (types: readonly Iri[], attribute: Iri) => Keeping | undefined

/** Answers a recording by rules, of which the first that fits counts. */
export function recordingBy(rules: readonly RecordingRule[]): Recording {
  return (types, attribute) => {
    const rule = firstRule(rules, types, attribute)
    return !rule || rule.keeping.keep === 'all' ? undefined : rule.keeping
  }
}

/** Notes in a change of an entity of these types what of it history keeps, where that is not all. */
export function noteRecorded(
  change: EntityChange,
  types: readonly Iri[],
  recording: Recording,
): EntityChange {
  const kept = change.attributes.filter((one) => isRecorded(one, recording(types, one.attribute)))
  return kept.length === change.attributes.length ? change : { ...change, recorded: kept }
}

/** Tells whether history keeps a change: what came or went is kept unless nothing is. */
export function isRecorded({ before, after }: AttributeChange, keeping: Keeping | undefined): boolean {
  if (!keeping) return true
  if (keeping.keep === 'off') return false
  if (!before || !after) return true
  if (keeping.keep === 'changed') return !saysTheSame(before, after)
  const { every } = keeping
  const period = (instance: Instance): number => Math.floor(timeOf(instance) / every)
  return period(before) !== period(after)
}

/** Compares all but the times, in sub-attributes too. */
function saysTheSame(before: Instance, after: Instance): boolean {
  const { attributes: earlier, ...was } = before
  const { attributes: later, ...is } = after
  return sameContent(timeless(was), timeless(is)) && sayTheSame(earlier ?? {}, later ?? {})
}

function sayTheSame(before: Attributes, after: Attributes): boolean {
  const names = Object.keys(before)
  return (
    names.length === Object.keys(after).length &&
    names.every((name) => {
      const [earlier, later] = [instancesOf(before, name), instancesOf(after, name)]
      return (
        earlier.length === later.length &&
        earlier.every((instance) => {
          const now = later.find(({ datasetId }) => datasetId === instance.datasetId)
          return now !== undefined && saysTheSame(instance, now)
        })
      )
    })
  )
}

function timeless({ observedAt: _, ...rest }: Instance): Instance {
  return rest
}

function timeOf({ observedAt, modifiedAt }: Instance): Micros {
  return observedAt ?? modifiedAt
}
