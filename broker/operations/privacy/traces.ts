import { larger, type Mention, type Person } from '../../../security/privacy/person.ts'
import type { Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import type { DocumentUnit, ForgottenRecord } from '../../store/port/store.ts'
import type { ErasureChoice, SearchDependencies } from './privacy-dependencies.ts'

/** What of one entity is a person's, now and in the past. */
export interface EntityTrace {
  readonly id: string
  readonly types: readonly Iri[]
  readonly now: ReadonlySet<Iri>
  readonly past: ReadonlySet<Iri>
  /** The entity is about her, and does not just mention her. */
  readonly whole: boolean
  /** Which instances were hers: `instanceKey` of each that a state had which was about her. */
  readonly instances: ReadonlySet<string>
  /** Its id is made of an identifier of hers. */
  readonly named: boolean
}

/** A document that mentions her, now or in what the log tells of it. */
export interface DocumentTrace {
  readonly collection: DocumentUnit['collection']
  readonly id: string
  readonly now: boolean
  readonly records: readonly ForgottenRecord[]
}

/** Everything of a person in one tenant, or in one snapshot of it. */
export interface Traces {
  readonly tenant: Tenant
  readonly entities: readonly EntityTrace[]
  readonly documents: readonly DocumentTrace[]
}

/** What of an entity, as the caller sees it, is the person's. */
export interface Hers {
  readonly names: ReadonlySet<Iri>
  readonly whole: boolean
  readonly instances: readonly string[]
}

const NOTHING: Hers = { names: new Set(), whole: false, instances: [] }
/** Shorter texts are words like any other. */
const SHORTEST_WORD = 5

/** Tells how much of an instance is the person's, its sub-attributes too. */
export function mentionOf(person: Person, instance: Instance): Mention | undefined {
  return person.mention(instance as unknown as JsonValue) // an instance is JSON as it stands
}

/**
 * Answers what of an entity is the person's, of what the caller sees of it in clear: attributes that mention her. Where one
 * is an identifier of hers and nothing else, the entity is about her: then those that are classified as personal are hers
 * too, and those that repeat a text of one of these.
 */
export function hersOf(
  { isPersonal, rules }: Pick<SearchDependencies, 'isPersonal' | 'rules'>,
  { person, view }: { readonly person: Person; readonly view: View },
  entity: Entity,
): Hers {
  if (!mentions(person, entity)) return NOTHING
  const seen = see(entity, view)
  if (!seen) return NOTHING
  const names = new Set<Iri>()
  let most: Mention | undefined = person.mention(entity.id) && 'whole'
  for (const [name, instances] of Object.entries(seen.attributes)) {
    for (const instance of instances) {
      const mention = mentionOf(person, instance)
      if (mention) names.add(name)
      most = larger(most, mention)
    }
  }
  if (most !== 'whole') return { names, whole: false, instances: [] }
  const { keep, also } = choiceOf(rules().choices, entity.types)
  const isHers = (name: Iri): boolean =>
    also.has(name) ||
    (isPersonal(name, entity.types) && !keep.has(name) && view.treatment(entity.types, name) === 'clear')
  const all = Object.entries(seen.attributes)
  for (const [name] of all) if (isHers(name)) names.add(name)
  const words = all.flatMap(([name, instances]) => (names.has(name) ? instances.flatMap(wordsOf) : []))
  for (const [name, instances] of all) {
    if (!names.has(name) && !keep.has(name) && repeats(instances, words)) names.add(name)
  }
  const own = all.filter(([name]) => names.has(name))
  const instances = own.flatMap(([name, each]) => each.map((instance) => instanceKey(name, instance)))
  return { names, whole: true, instances }
}

/** Names an instance of an entity's history. */
export function instanceKey(
  name: Iri,
  { datasetId = '', modifiedAt }: Pick<Instance, 'datasetId' | 'modifiedAt'>,
): string {
  return `${name} ${datasetId} ${modifiedAt}`
}

function mentions(person: Person, { id, attributes }: Entity): boolean {
  if (person.mention(id)) return true
  return Object.values(attributes).some((instances) => instances.some((each) => mentionOf(person, each)))
}

/** Answers what becomes of entities of these types: the first choice that fits. */
export function choiceOf(choices: readonly ErasureChoice[], types: readonly Iri[]): ErasureChoice {
  const found = choices.find((choice) => !choice.types || types.some((type) => choice.types?.has(type)))
  return found ?? { erase: 'attributes', also: new Set(), keep: new Set() }
}

/** Texts that a person may be known by, such as her name. */
function wordsOf({ value }: Instance): readonly string[] {
  const words: string[] = []
  collect(value, words)
  return words.filter((word) => word.length >= SHORTEST_WORD)
}

function collect(value: JsonValue, words: string[]): void {
  if (typeof value === 'string') words.push(value)
  else if (isJsonArray(value)) for (const item of value) collect(item, words)
  else if (isJsonObject(value)) for (const item of Object.values(value)) collect(item, words)
}

function repeats(instances: readonly Instance[], words: readonly string[]): boolean {
  const text = JSON.stringify(instances)
  return words.some((word) => text.includes(JSON.stringify(word).slice(1, -1)))
}

/** Whoever stands in more places is no single person, but a number that is printed everywhere. */
const MOST = 50_000

function tooMany(): Problem {
  return new Problem(
    'TooManyResults',
    `Identifiers stand in more than ${MOST} entities or documents of one tenant: they name no single person`,
  )
}

/** Gathers what is found, place by place. @throws Problem TooManyResults */
export class TraceNotes {
  readonly #tenant: Tenant
  readonly #entities = new Map<string, Noted>()
  readonly #documents = new Map<string, NotedDocument>()

  constructor(tenant: Tenant) {
    this.#tenant = tenant
  }

  /** Takes down what of an entity is hers, now or in the past. */
  entity(
    when: 'now' | 'past',
    { id, types }: Pick<Entity, 'id' | 'types'>,
    hers: Hers & { readonly named: boolean },
  ): void {
    if (hers.names.size === 0 && !hers.named) return
    const noted = this.#entities.get(id) ?? {
      id,
      types,
      now: new Set(),
      past: new Set(),
      instances: new Set(),
      whole: false,
      named: false,
    }
    if (this.#entities.size >= MOST && !this.#entities.has(id)) throw tooMany()
    for (const name of hers.names) noted[when].add(name)
    for (const key of hers.instances) noted.instances.add(key)
    noted.whole ||= hers.whole
    noted.named ||= hers.named
    this.#entities.set(id, noted)
  }

  /** Takes down that a document mentions her. */
  document(collection: DocumentUnit['collection'], id: string, record?: ForgottenRecord): void {
    const key = `${collection} ${id}`
    const noted = this.#documents.get(key) ?? { collection, id, now: false, records: [] }
    if (this.#documents.size >= MOST && !this.#documents.has(key)) throw tooMany()
    if (record) noted.records.push(record)
    else noted.now = true
    this.#documents.set(key, noted)
  }

  /** Answers what was found. */
  traces(): Traces {
    return {
      tenant: this.#tenant,
      entities: [...this.#entities.values()],
      documents: [...this.#documents.values()],
    }
  }
}

interface Noted extends Pick<EntityTrace, 'id' | 'types'> {
  readonly now: Set<Iri>
  readonly past: Set<Iri>
  readonly instances: Set<string>
  whole: boolean
  named: boolean
}

interface NotedDocument extends Pick<DocumentTrace, 'collection' | 'id'> {
  now: boolean
  readonly records: ForgottenRecord[]
}

/** Answers the texts of a document that mention her, and where they stand. */
export function excerpt(person: Person, document: JsonObject): readonly JsonObject[] {
  const found: JsonObject[] = []
  walk(document, '')
  return found

  function walk(value: JsonValue, path: string): void {
    if (isJsonArray(value)) for (const [at, item] of value.entries()) walk(item, `${path}/${at}`)
    else if (isJsonObject(value))
      for (const [name, item] of Object.entries(value)) walk(item, `${path}/${name}`)
    else if (person.mention(value)) found.push({ path, value })
  }
}
