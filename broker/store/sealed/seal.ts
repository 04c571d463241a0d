import type { AttributeChange } from '../../core/model/change.ts'
import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { canonicalInstance } from '../port/canonical.ts'
import { type Cipher, keyOf } from './cipher.ts'
import { isSealedOn, type SealedAttributes } from './sealed-attributes.ts'

/** Whose attributes they are. */
export interface Owner {
  readonly tenant: Tenant
  readonly id: string
}

/** How instances are looked at: which are to be sealed, and what was sealed already. */
export interface Sealing {
  readonly owner: Owner
  readonly types: readonly Iri[]
  /** Attribute → instances and lists of them: what was the same object is the same object again. */
  readonly known: Map<Iri, Map<object, object>>
}

/** The member that stands for a value: in canonical JSON only what is sealed has it behind an unescaped quote. */
const MARK = 'urn:hub:sealed'
const WRITTEN = `"${MARK}":"`

/** Tells whether a canonical text may hold something that is sealed. */
export function mayBeSealed(text: string): boolean {
  return text.includes(WRITTEN)
}

/** Names the keys that something in a text is sealed under. */
export function keysIn(text: string): ReadonlySet<string> {
  const keys = new Set<string>()
  for (let at = text.indexOf(WRITTEN); at >= 0; at = text.indexOf(WRITTEN, at + 1)) {
    const start = at + WRITTEN.length
    keys.add(keyOf(text.slice(start, text.indexOf('"', start))))
  }
  return keys
}

/** Tells whether a document is sealed under one of these keys. */
export function isUnder(keys: readonly string[], document: JsonObject): boolean {
  const sealed = keys.length === 0 ? undefined : sealedIn(document)
  return sealed !== undefined && keys.includes(keyOf(sealed))
}

/**
 * Seals instances of entities, and documents. Of an instance, kind, datasetId, times and names of sub-attributes stay: counters,
 * history and expiry are made of them. What it says is in place of its value, bound to tenant, entity, attribute, datasetId,
 * kind and observedAt; the same of each of its sub-attributes.
 */
export class Seal {
  readonly #cipher: Cipher
  readonly #attributes: () => SealedAttributes

  constructor(cipher: Cipher, attributes: () => SealedAttributes) {
    this.#cipher = cipher
    this.#attributes = attributes
  }

  /** Answers an entity as it is kept; the same object where nothing of it is sealed. */
  sealEntity(entity: Entity, sealing: Sealing): Entity {
    const seal = (name: Iri, instances: readonly Instance[]) => this.#sealTop(name, instances, sealing)
    return withAttributes(entity, mapAttributes(entity.attributes, seal))
  }

  /** Answers an entity as it was given; the same object where nothing was sealed. @throws Problem ServiceUnavailable */
  openEntity(entity: Entity, owner: Owner): Entity {
    return withAttributes(entity, this.#openAttributes(entity.attributes, owner, []))
  }

  /** Seals one instance of an attribute. */
  sealInstance(attribute: Iri, instance: Instance, sealing: Sealing): Instance {
    const known = knownOf(sealing, attribute)
    const sealed = known.get(instance) ?? this.#sealed(attribute, instance, sealing, TOP)
    known.set(instance, sealed)
    return sealed as Instance // as it was put there
  }

  /** Opens one instance of an attribute. @throws Problem ServiceUnavailable */
  openInstance(attribute: Iri, instance: Instance, owner: Owner): Instance {
    return this.#openOne(attribute, instance, owner, [])
  }

  /** Seals what a change tells of instances. */
  sealChanges(changes: readonly AttributeChange[], sealing: Sealing): readonly AttributeChange[] {
    return mapChanges(changes, (attribute, instance) => this.sealInstance(attribute, instance, sealing))
  }

  /** Opens what a change tells of instances. @throws Problem ServiceUnavailable */
  openChanges(changes: readonly AttributeChange[], owner: Owner): readonly AttributeChange[] {
    return mapChanges(changes, (attribute, instance) => this.openInstance(attribute, instance, owner))
  }

  /** Seals a document as a whole. */
  sealDocument(document: JsonObject, { tenant, collection, id }: DocumentPlace): JsonObject {
    return { [MARK]: this.#cipher.seal(JSON.stringify(document), JSON.stringify([tenant, collection, id])) }
  }

  /** Opens a document; one that was not sealed is answered as it is. @throws Problem ServiceUnavailable */
  openDocument(document: JsonObject, { tenant, collection, id }: DocumentPlace): JsonObject {
    const sealed = sealedIn(document)
    return sealed === undefined
      ? document
      : JSON.parse(this.#cipher.open(sealed, JSON.stringify([tenant, collection, id])))
  }

  /** Seals the instances of an attribute of an entity: what is in place before and after is sealed once. */
  #sealTop(name: Iri, instances: readonly Instance[], sealing: Sealing): readonly Instance[] {
    if (!isSealedOn(this.#attributes(), name, sealing.types) && instances.every(isPlain)) return instances
    const known = knownOf(sealing, name)
    const sealed =
      known.get(instances) ?? mapList(instances, (instance) => this.sealInstance(name, instance, sealing))
    known.set(instances, sealed)
    return sealed as readonly Instance[] // as it was put there
  }

  // what looks as if it was sealed is: so whatever looks so in the store can be opened
  #sealed(name: Iri, instance: Instance, sealing: Sealing, { path, isSealed }: Above): Instance {
    const { owner, types } = sealing
    const own = isSealed || isSealedOn(this.#attributes(), name, types)
    const below = { path: [...path, name, instance.datasetId ?? ''], isSealed: own }
    const inside =
      instance.attributes &&
      mapAttributes(instance.attributes, (sub, instances) =>
        mapList(instances, (one) => this.#sealed(sub, one, sealing, below)),
      )
    if (!own && sealedIn(instance.value) === undefined) return withInside(instance, inside)
    const text = canonicalInstance(contentOf(instance))
    const value = { [MARK]: this.#cipher.seal(text, placeOf(owner, [...path, name], instance)) }
    return { ...clearOf(instance), value, ...(inside && { attributes: inside }) }
  }

  #openOne(name: Iri, instance: Instance, owner: Owner, path: readonly string[]): Instance {
    const sealed = sealedIn(instance.value)
    const below = [...path, name, instance.datasetId ?? '']
    const inside = instance.attributes && this.#openAttributes(instance.attributes, owner, below)
    if (sealed === undefined) return withInside(instance, inside)
    const content: Instance = JSON.parse(this.#cipher.open(sealed, placeOf(owner, [...path, name], instance)))
    return { ...content, ...clearOf(instance), ...(inside && { attributes: inside }) }
  }

  #openAttributes(attributes: Attributes, owner: Owner, path: readonly string[]): Attributes {
    return mapAttributes(attributes, (name, instances) =>
      mapList(instances, (instance) => this.#openOne(name, instance, owner, path)),
    )
  }
}

/** Where in an entity something is, and whether it is inside of what is sealed. */
interface Above {
  readonly path: readonly string[]
  readonly isSealed: boolean
}

const TOP: Above = { path: [], isSealed: false }

/** Tells whether there is nothing in it to be sealed unless all of it is. */
function isPlain({ value, attributes }: Instance): boolean {
  return attributes === undefined && sealedIn(value) === undefined
}

function knownOf({ known }: Sealing, attribute: Iri): Map<object, object> {
  const ofAttribute = known.get(attribute) ?? new Map<object, object>()
  known.set(attribute, ofAttribute)
  return ofAttribute
}

/** Where a document is. */
export interface DocumentPlace {
  readonly tenant: Tenant
  readonly collection: string
  readonly id: string
}

function sealedIn(value: JsonValue): string | undefined {
  if (!isJsonObject(value)) return undefined
  const sealed = Object.hasOwn(value, MARK) ? value[MARK] : undefined
  return typeof sealed === 'string' && Object.keys(value).length === 1 ? sealed : undefined
}

function placeOf(
  { tenant, id }: Owner,
  path: readonly string[],
  { kind, datasetId, observedAt }: Instance,
): string {
  return JSON.stringify([tenant, id, ...path, datasetId ?? '', kind, observedAt ?? null])
}

/** What stays in clear of an instance. */
function clearOf({
  kind,
  datasetId,
  observedAt,
  expiresAt,
  createdAt,
  modifiedAt,
}: Instance): Omit<Instance, 'value'> {
  return {
    kind,
    ...(datasetId !== undefined && { datasetId }),
    ...(observedAt !== undefined && { observedAt }),
    ...(expiresAt !== undefined && { expiresAt }),
    createdAt,
    modifiedAt,
  }
}

/** What is sealed of it: the times of the system are told beside it, where the store may set them. */
function contentOf(instance: Instance): Instance {
  const { datasetId: _, observedAt: __, expiresAt: ___, attributes: ____, ...content } = instance
  return { ...content, createdAt: 0, modifiedAt: 0 }
}

function withAttributes(entity: Entity, attributes: Attributes): Entity {
  return attributes === entity.attributes ? entity : { ...entity, attributes }
}

function withInside(instance: Instance, attributes: Attributes | undefined): Instance {
  return attributes === instance.attributes ? instance : { ...instance, ...(attributes && { attributes }) }
}

function mapAttributes(
  attributes: Attributes,
  map: (name: Iri, instances: readonly Instance[]) => readonly Instance[],
): Attributes {
  let mapped: Record<Iri, readonly Instance[]> | undefined
  for (const name in attributes) {
    const instances = attributes[name] ?? []
    const next = map(name, instances)
    if (next === instances) continue
    mapped ??= { ...attributes }
    mapped[name] = next
  }
  return mapped ?? attributes
}

function mapChanges(
  changes: readonly AttributeChange[],
  map: (attribute: Iri, instance: Instance) => Instance,
): readonly AttributeChange[] {
  return mapList(changes, (change) => {
    const { attribute, before, after } = change
    const [earlier, later] = [before && map(attribute, before), after && map(attribute, after)]
    if (earlier === before && later === after) return change
    return { ...change, ...(earlier && { before: earlier }), ...(later && { after: later }) }
  })
}

/** Answers the same list where every item stays the same. */
export function mapList<T>(list: readonly T[], map: (item: T) => T): readonly T[] {
  const mapped = list.map(map)
  return mapped.every((item, at) => item === list[at]) ? list : mapped
}
