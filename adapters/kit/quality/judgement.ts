import {
  type DocumentInstance,
  type EntityDocument,
  instancesOf,
  property,
  withInstances,
} from '../values/entity-document.ts'
import { isJsonMap, type Json } from '../values/json.ts'
import { millisecondsAt } from '../values/local-time.ts'
import type { QualityFlag } from './series.ts'

/** Sub-attribute that says what is doubtful of an observation. */
export const QUALITY_FLAG = 'qualityFlag'

/** What observations would change, before the hub has them. */
export interface Judgement {
  /** Answers a document with marks on what is doubtful of it. */
  marked(document: EntityDocument): EntityDocument
  /** Takes the observations into the account. */
  keep(): void
}

/** An observation that is doubtful: which instance of which document it is. */
export interface Doubtful {
  readonly document: EntityDocument
  readonly instance: DocumentInstance
  readonly flag: QualityFlag
}

/** Makes a judgement of what is doubtful among observations. */
export function judgement(doubtful: readonly Doubtful[], keep: () => void): Judgement {
  const flags = new Map(doubtful.map(({ document, instance, flag }) => [placeOf(document, instance), flag]))
  return {
    keep,
    marked: (document) => {
      if (flags.size === 0) return document
      const instances = instancesOf(document)
      if (!instances.some((one) => flags.has(placeOf(document, one)))) return document
      return withInstances(
        document,
        instances.map((one) => flagged(one, flags.get(placeOf(document, one)))),
      )
    },
  }
}

/** Answers what a document observes by an instance, and when; undefined: a place or a link that holds since a time is no observation. */
export function observedBy({
  instance,
  observedAt,
}: DocumentInstance): { readonly at: number; readonly value: unknown } | undefined {
  if (observedAt === undefined || instance.type !== 'Property') return undefined
  const at = millisecondsAt(observedAt)
  return Number.isNaN(at) ? undefined : { at, value: plain(instance.value) }
}

function placeOf({ id }: EntityDocument, { key, observedAt = '' }: DocumentInstance): string {
  return `${id} ${key} ${observedAt}`
}

function flagged(one: DocumentInstance, flag: string | undefined): DocumentInstance {
  return flag === undefined ? one : { ...one, instance: { ...one.instance, [QUALITY_FLAG]: property(flag) } }
}

/** The value inside a typed one of JSON-LD. */
function plain(value: Json | undefined): Json | undefined {
  return isJsonMap(value) && Object.hasOwn(value, '@value') ? value['@value'] : value
}
