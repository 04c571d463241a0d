import { expect } from 'chai'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { readSynonyms } from '../../../ontology/synonyms.ts'

const URBAN = 'https://thainguyen.gov.vn/ontology/urban/'
const MODELS = 'https://smartdatamodels.org/'

const ontology = readOntology(packageRoot)
const synonyms = readSynonyms(ontology.vocabulary)

describe('ontology: synonyms', () => {
  const types: [foreign: string, own: string | undefined][] = [
    ['AirQualityObserved', 'AirQualityObserved'],
    ['https://smartdatamodels.org/dataModel.Environment/AirQualityObserved', 'AirQualityObserved'],
    ['service_requests', 'ServiceRequest'],
    ['ThreePhaseAcMeasurement', 'ACMeasurement'],
    ['WeatherAlert', 'Alert'],
    ['UrbanPlan', undefined],
    ['constructor', undefined],
  ]
  for (const [foreign, own] of types) {
    it(`finds ${own ?? 'no type'} under ${foreign}`, () => {
      expect(synonyms.type(foreign)?.name).to.equal(own)
    })
  }

  const attributes: [type: string, foreign: string, own: string | undefined][] = [
    ['WeatherObserved', 'airTemperature', 'temperature'],
    ['WeatherObserved', 'humidity', 'relativeHumidity'],
    ['AirQualityObserved', 'PM25', 'pm25'],
    ['AirQualityObserved', `${MODELS}dataModel.Environment/refDevice`, 'refDevice'],
    ['TrafficFlowObserved', 'dateObservedFrom', 'periodStart'],
    ['Alert', 'validFrom', 'startsAt'],
    ['UrbanPlan', 'validFrom', undefined],
    ['ServiceRequest', 'first_name', 'reporterName'],
    ['ServiceRequest', 'last_name', 'reporterName'],
    ['ACMeasurement', 'powerFactor', 'phasePowerFactor'],
    ['SmartMeteringObservation', 'powerFactor', 'totalPowerFactor'],
    ['RoadSegment', 'length', undefined], // there it is in kilometres
    ['RoadSegment', 'location', 'location'],
  ]
  for (const [type, foreign, own] of attributes) {
    it(`finds ${own ?? 'nothing'} under ${foreign} of ${type}`, () => {
      const definition = ontology.types.get(`${URBAN}${type}`)!
      expect(synonyms.attribute(definition, foreign)?.use.name).to.equal(own)
    })
  }

  const iris: [foreign: string, own: string | undefined][] = [
    [`${MODELS}dataModel.Environment/pm25`, `${URBAN}pm25`],
    [`${MODELS}dataModel.Parking/category`, `${URBAN}category`],
    [`${MODELS}dataModel.Weather/WeatherAlert`, `${URBAN}Alert`],
    [`${MODELS}address`, `${URBAN}address`],
    [`${MODELS}dataModel.Transportation/length`, undefined],
    ['https://vocabulary.example/pm25', undefined],
    [`${URBAN}pm25`, undefined],
  ]
  for (const [foreign, own] of iris) {
    it(`says that ${foreign} is ${own ?? 'nothing of ours'}`, () => {
      expect(synonyms.iri(foreign)).to.equal(own)
    })
  }

  it('leads from every term of other vocabularies to one thing', () => {
    const things = [
      ...ontology.vocabulary.types,
      ...ontology.vocabulary.types.flatMap(({ attributes }) => attributes),
    ]
    for (const { iri, synonyms: names = [] } of things)
      for (const foreign of names.filter((name) => name.includes('://')))
        expect(synonyms.iri(foreign), foreign).to.equal(iri)
  })
})
