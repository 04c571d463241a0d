import { createHmac } from 'node:crypto'
import type { Attributes, Entity, Instance } from '../../broker/core/model/entity.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import { isJsonObject, type JsonValue, jsonEqual, unwrapped } from '../../broker/core/model/json.ts'
import { type Micros, parseDateTime } from '../../broker/core/model/time.ts'
import type { CrowdTelling } from '../../broker/core/view/crowd.ts'
import { isFreeText, scanInstance } from '../../broker/core/view/scan-instance.ts'
import type { Mask } from '../../broker/core/view/view.ts'
import { coarsen } from './coarsen.ts'
import { crowdTelling, type TellingOf } from './crowd-telling.ts'
import { generalise } from './generalise.ts'
import { mapScalars } from './map-scalars.ts'
import type { MaskKeys } from './mask-keys.ts'
import { partialText } from './partial.ts'
import { pseudonym } from './pseudonym.ts'
import { isPersonalNumber, scanLabelled } from './scan-labelled.ts'
import { scanText } from './scan-text.ts'
import type { UnitLevel, Units } from './units.ts'

/** How a value is made less telling: the words that policies use. */
export interface MaskMethod {
  readonly method: 'redact' | 'partial' | 'pseudonym' | 'generalise' | 'coarsen' | 'unit' | 'scan'
  readonly decimals?: number
  readonly band?: number
  /** generalise: what of a date stays. */
  readonly to?: 'year' | 'month'
  /** pseudonym: another key for each day on which something was observed, so that nothing is joined over days. */
  readonly rotate?: 'day'
  /** unit: how large it is; which attribute names it; which one dates the place, where it was not observed. */
  readonly level?: UnitLevel
  readonly unitOf?: Iri
  readonly dated?: Iri
}

/** What a mask is used for: the purpose chooses the key, `keeps` the sub-attributes that stay. */
export interface MaskUse {
  readonly purpose: string
  readonly keeps: (attribute: Iri, types: readonly Iri[]) => boolean
}

/** Makes masks; each is pure and gives the same for the same value while the keys are the same. */
export interface MaskKit {
  /** Names the keys in force: masks that were made before them are to be made anew. */
  readonly epoch: string
  mask(method: MaskMethod, use: MaskUse): Mask
  scan(text: string, label?: string): string
  hidesNumber(number: number, label: string): boolean
  /** Tells of entities that nobody may see one by one. */
  crowd(telling: TellingOf): CrowdTelling
}

/** Makes the masks of a hub, from its keys and the administrative units that it knows. */
export function createMaskKit(keys: MaskKeys, units: Units = NO_UNITS): MaskKit {
  return {
    get epoch() {
      return keys.epoch
    },
    mask: (method, use) => {
      const transform = transformOf(method, { key: keys.pseudonym(use.purpose), units })
      return (instance, name, entity) => {
        const value = transform(instance, entity, name)
        return value === undefined ? undefined : masked(instance, value, use, entity.types)
      }
    },
    scan: scanLabelled,
    hidesNumber: isPersonalNumber,
    // whoever asks for several purposes is told the same
    crowd: (telling) => crowdTelling(keys.pseudonym('told of many'), telling),
  }
}

const NO_UNITS: Units = { standFor: () => undefined }

type Transform = (instance: Instance, entity: Entity, attribute: Iri) => JsonValue | undefined

interface Means {
  readonly key: Uint8Array
  readonly units: Units
}

function transformOf(method: MaskMethod, { key, units }: Means): Transform {
  const { decimals } = method
  switch (method.method) {
    case 'redact':
      return () => undefined
    case 'coarsen':
      return ({ kind, value }) => (kind === 'GeoProperty' ? coarsen(value, decimals) : undefined)
    case 'unit':
      return unitTransform(method, units)
    case 'partial':
      return plain((value) => mapScalars(unwrapped(value), { scalar: partialScalar, name: scanText }))
    case 'generalise':
      return plain((value) => mapItems(value, (item) => generalise(item, method)))
    case 'pseudonym':
      return method.rotate === 'day'
        ? (instance) => underPseudonym(instance, dayKey(key, instance))
        : (instance) => underPseudonym(instance, key)
    case 'scan':
      return scanned
  }
}

/** A place becomes that of its unit, an address the members that name units. */
function unitTransform({ level = 'commune', unitOf, dated }: MaskMethod, units: Units): Transform {
  return ({ kind, value, observedAt }, entity) => {
    if (kind === 'Property') return unitsOfAddress(value, level)
    if (kind !== 'GeoProperty') return undefined
    const at = observedAt ?? instantOf(firstValue(entity, dated)) ?? entity.createdAt
    return units.standFor({ geometry: value, at, named: firstValue(entity, unitOf) ?? null }, level)
  }
}

const ADDRESS: Readonly<Record<UnitLevel, readonly string[]>> = {
  province: ['addressCountry', 'addressRegion'],
  commune: ['addressCountry', 'addressRegion', 'district', 'addressLocality'],
}

function unitsOfAddress(value: JsonValue, level: UnitLevel): JsonValue | undefined {
  if (!isJsonObject(value)) return undefined
  const kept = Object.entries(value).filter(([name]) => ADDRESS[level].includes(name))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function firstValue({ attributes }: Entity, name: Iri | undefined): JsonValue | undefined {
  return name === undefined ? undefined : attributes[name]?.[0]?.value
}

function instantOf(value: JsonValue | undefined): Micros | undefined {
  const text = unwrapped(value ?? null)
  return typeof text === 'string' ? parseDateTime(text) : undefined
}

const DAY = 86_400_000_000
/** Days are those of the domain: +07:00. */
const ZONE = 7 * 3_600_000_000

function dayKey(key: Uint8Array, { observedAt, modifiedAt }: Instance): Uint8Array {
  const day = Math.floor(((observedAt ?? modifiedAt) + ZONE) / DAY)
  return createHmac('sha256', key).update(`day ${day}`).digest()
}

/** What is no free text is left out. */
function plain(change: (value: JsonValue) => JsonValue | undefined): Transform {
  return ({ kind, value }) => (isFreeText(kind) ? change(value) : undefined)
}

function partialScalar(scalar: string | number | boolean): JsonValue | undefined {
  return typeof scalar === 'boolean' ? undefined : partialText(String(scalar))
}

function underPseudonym({ kind, value }: Instance, key: Uint8Array): JsonValue | undefined {
  if (kind === 'GeoProperty') return undefined
  if (kind === 'LanguageProperty') return mapScalars(value, { scalar: (text) => pseudonym(text, key) })
  return mapItems(value, (item) => pseudonym(item, key))
}

/** A list keeps its length, so that a ListProperty stays one. */
function mapItems(
  value: JsonValue,
  change: (item: JsonValue) => JsonValue | undefined,
): JsonValue | undefined {
  if (!Array.isArray(value)) return change(value)
  const items = value.map(change)
  return items.every((item) => item !== undefined) ? items : undefined
}

const LABELLED = { scan: scanLabelled, hidesNumber: isPersonalNumber }

/** As what nobody classified is scanned; a URI with an identifier in it is left out besides: what replaces it would be no URI. */
function scanned(instance: Instance, _: Entity, attribute: Iri): JsonValue | undefined {
  const value = scanInstance(instance, attribute, LABELLED)?.value
  if (value === undefined || instance.kind === 'GeoProperty' || isFreeText(instance.kind)) return value
  const clean = mapScalars(value, {
    scalar: (scalar) => (typeof scalar === 'string' ? scanText(scalar) : scalar),
  })
  return jsonEqual(clean, value) ? value : undefined
}

/** The instance with another value, its times, and the sub-attributes that say nothing of persons. */
function masked(instance: Instance, value: JsonValue, { keeps }: MaskUse, types: readonly Iri[]): Instance {
  const { attributes = {}, ...rest } = instance
  const kept = keptAttributes(attributes, (attribute) => keeps(attribute, types))
  return { ...rest, value, ...(kept && { attributes: kept }) }
}

function keptAttributes(attributes: Attributes, keeps: (attribute: Iri) => boolean): Attributes | undefined {
  const kept = Object.entries(attributes)
    .filter(([attribute]) => keeps(attribute))
    .map(([attribute, instances]) => [attribute, instances.map((each) => withKept(each, keeps))] as const)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function withKept(instance: Instance, keeps: (attribute: Iri) => boolean): Instance {
  const { attributes, ...rest } = instance
  const kept = attributes && keptAttributes(attributes, keeps)
  return kept ? { ...rest, attributes: kept } : rest
}
