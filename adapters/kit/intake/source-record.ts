import { type DocumentInstance, property } from '../values/entity-document.ts'
import { iriOf } from '../values/iri-of.ts'

/** So much of the digest of a delivery finds it among those of its feed. */
const DIGEST_LETTERS = 16
/** What the kit itself says of every entity is of no record. */
const OWN = new Set(['source', 'dataProvider'])

/** Where a record stood: which of the inputs that came together, and its line, or which one it is. */
export interface RecordPlace {
  readonly input: number
  readonly position: number
}

/** Answers instances that say which record of a delivery they are from. */
export function withSourceRecord(
  instances: readonly DocumentInstance[],
  { feed, key }: { readonly feed: string; readonly key: string },
  { input, position }: RecordPlace,
): readonly DocumentInstance[] {
  const digest = key.slice(0, DIGEST_LETTERS)
  const sourceRecord = property(iriOf('SourceRecord', feed, digest, String(input), String(position)))
  return instances.map((one) =>
    OWN.has(one.name) ? one : { ...one, instance: { ...one.instance, sourceRecord } },
  )
}
