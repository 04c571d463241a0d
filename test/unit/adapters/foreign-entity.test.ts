import { expect } from 'chai'
import { ownTerms } from '../../../adapters/kit/mapping/foreign-entity.ts'
import type { EntityDocument } from '../../../adapters/kit/values/entity-document.ts'
import { RecordFault } from '../../../adapters/kit/values/fault.ts'
import type { Json, JsonMap } from '../../../adapters/kit/values/json.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

const toOwn = ownTerms(readOntology(packageRoot).vocabulary)

function own(type: string, members: JsonMap): { entity: EntityDocument; doubts: readonly string[] } {
  const doubts: string[] = []
  const document = { id: 'urn:x:1', type, ...members }
  const entity = toOwn(
    document,
    (name) => `https://other.example/${name}`,
    (text) => void doubts.push(text),
  )
  return { entity, doubts }
}

/** One attribute of another vocabulary, and what becomes of it. */
const cases: [title: string, type: string, foreign: JsonMap, own: JsonMap][] = [
  [
    'the name of another vocabulary',
    'WeatherObserved',
    { airTemperature: 21.3 },
    { temperature: property(21.3) },
  ],
  [
    'the time of the entity as that of its readings',
    'AirQualityObserved',
    { dateObserved: '2025-11-15T01:30:00Z', pm25: { type: 'Property', value: 41 }, name: 'Trạm mẫu' },
    { pm25: { ...property(41), observedAt: '2025-11-15T01:30:00Z' }, name: property('Trạm mẫu') },
  ],
  [
    'an interval as its beginning and end',
    'TrafficFlowObserved',
    { dateObserved: '2025-11-15T08:25:00+07:00/2025-11-15T08:30:00+07:00', intensity: 761 },
    {
      periodStart: property('2025-11-15T01:25:00Z'),
      intensity: { ...property(761), observedAt: '2025-11-15T01:30:00Z' },
    },
  ],
  [
    'a unit of its own in ours',
    'AirQualityObserved',
    { co: { type: 'Property', value: 0.5, unitCode: 'GP' } },
    { co: { ...property(500), unitCode: 'GQ' } },
  ],
  [
    'an address in one line',
    'OffStreetParking',
    { address: 'Số 1' },
    { address: property({ streetAddress: 'Số 1' }) },
  ],
  [
    'a link that came as a text',
    'Alert',
    { alertSource: { type: 'Property', value: 'urn:x:2' } },
    { alertSource: { type: 'Relationship', object: 'urn:x:2' } },
  ],
  [
    'a geometry that came as a value',
    'Road',
    { location: { type: 'Property', value: { type: 'Point', coordinates: [105.8, 21.5] } } },
    { location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8, 21.5] } } },
  ],
  ['a value of a list', 'Vehicle', { vehicleType: 'motorbike' }, { vehicleType: property('motorcycle') }],
  [
    'a time with an offset',
    'Device',
    {
      dateInstalled: {
        type: 'Property',
        value: { '@type': 'DateTime', '@value': '2025-01-01T07:00:00+07:00' },
      },
    },
    { installedAt: property('2025-01-01T00:00:00Z') },
  ],
  [
    'what the ontology does not have, under the name that it has there',
    'RoadSegment',
    { length: { type: 'Property', value: 0.85 } },
    { 'https://other.example/length': property(0.85) },
  ],
  [
    'the second of two names for one thing',
    'StreetlightControlCabinet',
    { energyConsumed: 5, lastMeterReading: 7 },
    { energyConsumed: property(5), 'https://other.example/lastMeterReading': property(7) },
  ],
]

const doubtful: [text: string, type: string, foreign: JsonMap][] = [
  ['Attribute pm25 is not a number', 'AirQualityObserved', { pm25: 'much' }],
  ['Attribute pm25 is out of its range', 'AirQualityObserved', { pm25: -9 }],
  ['Attribute dateInstalled is not a time', 'Device', { dateInstalled: 'hôm qua' }],
  ['Attribute alertSource is not a URI', 'Alert', { alertSource: 'trạm 1' }],
  ['Attribute powerState has a value that is not of its list', 'Streetlight', { powerState: 'perhaps' }],
  [
    'Attribute location has coordinates that are not on earth',
    'Road',
    { location: { type: 'Point', coordinates: [1, 168] } },
  ],
  [
    'Attribute co has a unit that is not converted to GQ',
    'AirQualityObserved',
    { co: { type: 'Property', value: 1, unitCode: 'MTR' } },
  ],
]

describe('adapters: entities of other vocabularies', () => {
  for (const [title, type, foreign, expected] of cases) {
    it(`are written in our terms: ${title}`, () => {
      const { entity, doubts } = own(type, foreign)
      expect(entity).to.deep.equal({ id: 'urn:x:1', type, ...expected })
      expect(doubts).to.deep.equal([])
    })
  }

  for (const [text, type, foreign] of doubtful) {
    it(`lose what cannot be: ${text}`, () => {
      const { entity, doubts } = own(type, foreign)
      expect(entity).to.deep.equal({ id: 'urn:x:1', type })
      expect(doubts).to.deep.equal([text])
    })
  }

  it('of types that the ontology does not have keep their names', () => {
    expect(own('Garden', { color: 'green' }).entity).to.deep.equal({
      ...{ id: 'urn:x:1', type: 'https://other.example/Garden' },
      'https://other.example/color': property('green'),
    })
  })

  it('are refused with attributes of kinds that there are not, and times that are none', () => {
    expect(() => own('Alert', { severity: { type: 'string', value: 'high' } })).to.throw(
      RecordFault,
      'Attribute severity has a type that NGSI-LD does not have',
    )
    expect(() => own('Alert', { dateObserved: '2020-03-17TT08:45:00Z' })).to.throw(RecordFault, 'Time is not')
  })
})

function property(value: Json): JsonMap {
  return { type: 'Property', value }
}
