import { expect } from 'chai'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

const URBAN = 'https://thainguyen.gov.vn/ontology/urban/'
const LOCATION = 'https://uri.etsi.org/ngsi-ld/location'
const DESCRIPTION = 'http://purl.org/dc/terms/description'
const OTHER = 'https://vocabulary.example/Other'
const REQUEST = `${URBAN}ServiceRequest`
const DEVICE = `${URBAN}Device`

const ontology = readOntology(packageRoot)

describe('ontology: class of personal data (Law 91/2025/QH15)', () => {
  const cases: [attribute: string, types: string[], expected: string | undefined][] = [
    [LOCATION, [DEVICE], 'none'],
    [LOCATION, [OTHER], 'none'],
    [LOCATION, [], 'none'],
    [LOCATION, [REQUEST], 'sensitive'],
    [LOCATION, [DEVICE, REQUEST], 'sensitive'],
    [LOCATION, [REQUEST, OTHER], 'sensitive'],
    [`${URBAN}address`, [DEVICE], 'none'],
    [`${URBAN}address`, [REQUEST], 'sensitive'],
    [DESCRIPTION, [REQUEST], 'basic'],
    [DESCRIPTION, [DEVICE], 'none'],
    [DESCRIPTION, [DEVICE, REQUEST], 'basic'],
    [`${URBAN}reporterName`, [REQUEST], 'basic'],
    [`${URBAN}reporterPhone`, [REQUEST], 'basic'],
    [`${URBAN}reporterEmail`, [REQUEST], 'basic'],
    [`${URBAN}media`, [REQUEST], 'basic'],
    [`${URBAN}pm25`, [`${URBAN}AirQualityObserved`], 'none'],
  ]
  for (const [attribute, types, expected] of cases) {
    it(`answers ${expected} for ${short(attribute)} on ${types.map(short).join(' and ') || 'no type'}`, () => {
      expect(ontology.personalData(attribute, types)).to.equal(expected)
    })
  }

  it('keeps the class of a person’s attribute on types that do not declare it', () => {
    expect(ontology.personalData(`${URBAN}reporterName`, [OTHER])).to.equal('basic')
    expect(ontology.personalData(`${URBAN}reporterName`, [DEVICE])).to.equal('basic')
  })

  it('does not vouch for free text on types that do not declare it', () => {
    expect(ontology.personalData(DESCRIPTION, [OTHER])).to.equal(undefined)
    expect(ontology.personalData(`${URBAN}name`, [OTHER])).to.equal(undefined)
  })

  it('says nothing of attributes that nobody declared', () => {
    expect(ontology.personalData(`${URBAN}licensePlate`, [REQUEST])).to.equal(undefined)
    expect(ontology.personalData('https://uri.etsi.org/ngsi-ld/default-context/note', [REQUEST])).to.equal(
      undefined,
    )
    expect(ontology.personalData('__proto__', ['constructor'])).to.equal(undefined)
  })

  it('classes every attribute of every type', () => {
    for (const { attributes } of ontology.types.values()) {
      for (const { personalData } of attributes)
        expect(personalData).to.be.oneOf(['none', 'basic', 'sensitive'])
    }
  })
})

function short(iri: string): string {
  return iri.replace(/^.*\//, '')
}
