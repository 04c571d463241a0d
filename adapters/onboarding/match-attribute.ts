import { readOntology } from '../../ontology/ontology.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { convert, type Unit, unitOf, unitSpelled } from '../../ontology/units.ts'
import type { AttributeDefinition, AttributeUse, ListedValue, Vocabulary } from '../../ontology/vocabulary.ts'
import type { Column } from '../kit/definition/column-mapping.ts'
import { dayOf, type FeedPlaces, packagedPlaces } from '../kit/mapping/feed-places.ts'
import { nameInList } from '../kit/mapping/foreign-value.ts'
import { convertGas } from '../kit/values/units.ts'
import { nameLikeness } from './name-likeness.ts'
import type { SampledField } from './sampled-field.ts'

/** What a field could become, how sure that is from 0 to 1, and why. */
export interface Match {
  readonly column: Column
  readonly confidence: number
  readonly reasons: readonly string[]
  readonly personal: boolean
  /** Its values say what it is, whatever it is called. */
  readonly isTelling: boolean
}

/** How sure telling values make what is called a little like it. */
const TELLING = 0.8

/** How well values fit: a factor, and what is to be said of it. */
interface Fit {
  readonly factor: number
  readonly reason?: string
  readonly column?: Partial<Column>
  /** Hardly anything else has such values. */
  readonly isTelling?: true
}

/** Times that mappings read without being told how they are written. */
const READ_ALWAYS = /^(?:iso|dd.MM.yyyy(?: HH:mm(?::ss)?)?)$/

const FITS: Fit = { factor: 1 }
const NEVER: Fit = { factor: 0 }

let read: Vocabulary | undefined

/** The ontology, read when it is first asked for. */
export function vocabulary(): Vocabulary {
  read ??= readOntology(packageRoot).vocabulary
  return read
}

const definitions = new Map<string, AttributeDefinition>()

function definitionOf(name: string): AttributeDefinition | undefined {
  if (definitions.size === 0) for (const one of vocabulary().attributes) definitions.set(one.name, one)
  return definitions.get(name)
}

/** Answers how sure a field is an attribute of a type, by its name, unit and values; undefined: not at all. */
export function matchAttribute(field: SampledField, use: AttributeUse): Match | undefined {
  const likeness = nameLikeness(field.name.words, use)
  if (likeness.degree === 0) return undefined
  const match = asAttribute(field, use)
  if (!match) return undefined
  const degree = match.isTelling ? Math.max(TELLING, likeness.degree) : likeness.degree
  const confidence = Math.round(degree * match.confidence * 100) / 100
  return confidence < 0.2 ? undefined : { ...match, confidence, reasons: [likeness.reason, ...match.reasons] }
}

/** Answers what a field becomes as an attribute, whatever it is called, by its unit and values; undefined: it cannot. */
export function asAttribute(field: SampledField, use: AttributeUse): Match | undefined {
  const definition = definitionOf(use.name)
  if (!definition) return undefined
  const unit = unitFit(field, definition)
  const fits = [unit, valueFit(field, use, definition, unit.column?.unit)]
  const factor = fits.reduce((product, fit) => product * fit.factor, 1)
  if (factor === 0) return undefined
  return {
    column: Object.assign({ attribute: use.name }, ...fits.map(({ column }) => column)) as Column, // of these parts it is made
    confidence: factor,
    reasons: fits.flatMap(({ reason }) => reason ?? []),
    personal: use.personalData !== 'none',
    isTelling: fits.some(({ isTelling }) => isTelling),
  }
}

function unitFit({ name, shape }: SampledField, { unit: code, value, name: gas }: AttributeDefinition): Fit {
  if (value !== 'number' && value !== 'integer') return FITS
  const own = code === undefined ? undefined : unitOf(code)
  const given = givenUnit(name, own)
  if (!own) return given ? { factor: 0.6, reason: `has unit ${given.symbol}, the attribute none` } : FITS
  if (!given) {
    if (own.code !== 'C62') return { factor: 0.93, reason: `no unit is named: taken as ${own.symbol}` }
    const most = Math.max(...(shape.numbers ?? [0]))
    return most > 1.5
      ? { factor: 0.95, reason: `values up to ${most}: taken as %`, column: { unit: '%' } }
      : FITS
  }
  if (convertGas(1, { from: given, to: own, gas }) === undefined)
    return { factor: 0.2, reason: `unit ${given.symbol} does not lead to ${own.symbol}` }
  return given.code === own.code
    ? { factor: 1, reason: `unit ${own.symbol}` }
    : {
        factor: 1,
        reason: `unit ${given.symbol} becomes ${own.symbol}`,
        column: { unit: name.unit ?? name.letter ?? '' },
      }
}

function givenUnit({ unit, letter }: SampledField['name'], own: Unit | undefined): Unit | undefined {
  if (unit !== undefined) return unitSpelled(unit)
  const guessed = letter === undefined ? undefined : unitSpelled(letter)
  return guessed && own && convert(1, guessed, own) !== undefined ? guessed : undefined
}

function valueFit(
  field: SampledField,
  use: AttributeUse,
  definition: AttributeDefinition,
  unit: string | undefined,
): Fit {
  const { shape, values } = field
  if (values.length === 0) return { factor: 0.7, reason: 'no record has a value' }
  if (use.kinds.includes('Relationship')) return shape.isPlain ? linkFit(field, use) : NEVER
  if (use.kinds.includes('GeoProperty')) return shape.isGeometry ? FITS : NEVER
  if (use.values !== undefined) return listFit(field, vocabulary().valueLists[use.values] ?? {})
  switch (definition.value) {
    case 'number':
    case 'integer':
      return numberFit(field, use, definition, unit)
    case 'boolean':
      return shape.isBoolean ? FITS : NEVER
    case 'dateTime':
    case 'date':
      return timeFit(field)
    case 'object':
      return definition.shape === 'PostalAddress' && shape.isPlain && !shape.numbers ? FITS : NEVER
    case 'uri':
      return values.every((value) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(String(value))) ? FITS : NEVER
    default:
      return textFit(field)
  }
}

let places: FeedPlaces | undefined

/** A name or code of an administrative unit, or what names an entity of another type. */
function linkFit({ field, values }: SampledField, { name, target = [] }: AttributeUse): Fit {
  const [link] = target
  if (link === undefined) return NEVER
  if (name !== 'refAdministrativeUnit')
    return { factor: 0.8, reason: `names a ${link}`, column: { link, id: `\${city}:{${field}}` } }
  places ??= packagedPlaces()
  const texts = [...new Set(values.map(String))]
  const unitBy = texts.every((text) => /^\d+$/.test(text)) ? 'code' : 'name'
  const on = dayOf(undefined)
  const found = texts.filter((text) => places?.units.find({ [unitBy]: text, on }).length === 1).length
  const column = { unitBy } as const
  if (found === texts.length) return { factor: 1, reason: 'all values are units of today', column }
  return {
    factor: 0.3 + 0.3 * (found / texts.length),
    reason: `${texts.length - found} of ${texts.length} values are no unit of today`,
    column,
  }
}

function numberFit(
  { shape }: SampledField,
  { minimum, maximum }: AttributeUse,
  { unit: code, value, name: gas }: AttributeDefinition,
  unit: string | undefined,
): Fit {
  const { numbers } = shape
  if (!numbers) return NEVER
  if (value === 'integer' && !shape.isWhole) return { factor: 0.4, reason: 'values are no whole numbers' }
  const [from, to] = [
    unit === undefined ? undefined : unitSpelled(unit),
    code === undefined ? undefined : unitOf(code),
  ]
  const beyond = numbers.filter((number) => {
    const own = from && to ? (convertGas(number, { from, to, gas }) ?? number) : number
    return own < (minimum ?? own) || own > (maximum ?? own)
  }).length
  if (beyond === 0) return FITS
  // instruments say by a value that cannot be (-9, 9999) that they have none
  return {
    factor: beyond <= numbers.length / 3 ? 0.9 : 0.45,
    reason: `${beyond} of ${numbers.length} values are out of its range`,
  }
}

/** A word of a list, its name in a language, or what another vocabulary says: mappings read each of them. */
function listFit({ values, shape }: SampledField, list: Readonly<Record<string, ListedValue>>): Fit {
  if (!shape.isPlain) return NEVER
  const texts = [...new Set(values.map(String))]
  const found = texts.filter((text) => nameInList(text, list) !== undefined).length
  if (found === texts.length) {
    const telling = texts.length > 1 ? ({ isTelling: true } as const) : {}
    return { factor: 1, reason: 'all values are of its list', ...telling }
  }
  const reason = `${texts.length - found} of ${texts.length} values are not of its list`
  return { factor: found === 0 ? 0.35 : 0.65, reason }
}

function timeFit({ shape: { time } }: SampledField): Fit {
  if (!time) return NEVER
  const column = READ_ALWAYS.test(time.format) ? {} : { column: { format: time.format } }
  if (time.isAmbiguous) return { factor: 0.9, reason: 'day taken before month', ...column }
  return { factor: 1, ...column }
}

function textFit({ shape, values }: SampledField): Fit {
  if (!shape.isPlain || shape.isBoolean) return NEVER
  if (shape.time?.isMoment) return { factor: 0.3, reason: 'values are times' }
  if (shape.numbers && !values.every((value) => typeof value === 'string' || Number.isInteger(value)))
    return { factor: 0.4, reason: 'values are numbers' }
  return FITS
}
