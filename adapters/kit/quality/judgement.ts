import { hash } from 'node:crypto'
import {
  type DocumentInstance,
  type EntityDocument,
  instancesOf,
  property,
  withInstances,
} from '../values/entity-document.ts'
import { isJsonMap, type Json, member } from '../values/json.ts'
import type { RulesOf } from './rules.ts'
import type { QualityFlag, SeriesRules, Step } from './series.ts'

/** Sub-attribute that says what is doubtful of an observation. */
export const QUALITY_FLAG = 'qualityFlag'

/** What a document says of one series. */
export interface Observed {
  /** Type and attribute. */
  readonly subject: string
  /** Tells the series from the others of its subject; ids of entities are not kept. */
  readonly key: string
  readonly at: number
  readonly value: unknown
  readonly rules: SeriesRules
  /** Which instance of which document it is. */
  readonly document: EntityDocument
  readonly instance: DocumentInstance
}

/** What observations would change, before the hub has them. */
export interface Judgement {
  /** Answers a document with marks on what is doubtful of it. */
  marked(document: EntityDocument): EntityDocument
  /** Takes the observations into the account. */
  keep(): void
}

/** Characters of base64url: nine bytes. */
const HASH_LENGTH = 12

/** Makes a judgement of the steps that observations are. */
export function judgement(
  steps: readonly { readonly observed: Observed; readonly step: Step }[],
  keep: () => void,
): Judgement {
  const flags = new Map<string, QualityFlag>()
  for (const { observed, step } of steps)
    if (step.flag) flags.set(placeOf(observed.document, observed.instance), step.flag)
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

/** Lists what a document observes of attributes that an account is kept of. */
export function observationsOf(document: EntityDocument, rulesOf: RulesOf): readonly Observed[] {
  // terms of its own may mean something else
  if (document['@context'] !== undefined) return []
  const [type = ''] = typeof document.type === 'string' ? [document.type] : document.type
  const all: Observed[] = []
  for (const instance of instancesOf(document)) {
    // a place or a link that holds since a time is no observation
    if (instance.observedAt === undefined || member(instance.instance, 'type') !== 'Property') continue
    const rules = rulesOf(type, instance.name)
    const at = Date.parse(instance.observedAt)
    if (!rules || Number.isNaN(at)) continue
    const key = hash('sha256', `${document.id} ${instance.key}`, 'base64url').slice(0, HASH_LENGTH)
    const value = plain(member(instance.instance, 'value'))
    all.push({ subject: `${type} ${instance.name}`, key, at, value, rules, document, instance })
  }
  return all
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
