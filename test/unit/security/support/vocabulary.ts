import type { Iri } from '../../../../broker/core/model/iri.ts'
import type { PersonalData, Vocabulary } from '../../../../security/policy/vocabulary.ts'

const BASE = 'https://example.org/ontology/'

/** Expands a short name of the test ontology. */
export const iri = (name: string): Iri => (name.includes(':') ? name : `${BASE}${name}`)

const TYPES = [
  'AirQualityObserved',
  'WaterQualityObserved',
  'WeatherObserved',
  'OffStreetParking',
  'ServiceRequest',
  'Device',
  'AdministrativeUnit',
  'CityScope',
]

const CLASSES: Readonly<Record<string, PersonalData>> = {
  reporterName: 'basic',
  reporterPhone: 'basic',
  reporterEmail: 'basic',
  reporterId: 'basic',
  status: 'none',
  category: 'none',
  pm25: 'none',
  accessToken: 'sensitive',
  description: 'none',
}

function classOf(name: string, types: readonly Iri[]): PersonalData | undefined {
  if (name === 'location') return types.includes(iri('ServiceRequest')) ? 'sensitive' : 'none'
  return CLASSES[name]
}

/** A small ontology: persons' reports and a few things that say nothing of persons. */
export const vocabulary: Vocabulary = {
  expandType: iri,
  expandAttribute: iri,
  types: new Set(TYPES.map(iri)),
  attributesOf: (type) =>
    type === iri('ServiceRequest')
      ? ['reporterName', 'reporterPhone', 'status', 'location'].map(iri)
      : [iri('status')],
  personalData: (attribute, types = []) => classOf(attribute.replace(BASE, ''), types),
}
