import { expect } from 'chai'
import { createContextService } from '../../../broker/contexts/context-service.ts'
import { decodeEntity } from '../../../broker/core/context/decode-entity.ts'
import type { TermTable } from '../../../broker/core/context/term-table.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { loopbackEgress } from '../contexts/loopback-egress.ts'

const URBAN = 'https://thainguyen.gov.vn/ontology/urban/'
const RULES = { nulls: 'forbidden', requireId: true, requireType: true } as const
const ontology = readOntology(packageRoot)

describe('ontology: what it ships, as a hub decodes it', () => {
  let table: TermTable

  before(async () => {
    const contexts = createContextService({
      egress: loopbackEgress,
      publicUrl: 'https://hub.example',
      builtIn: new Map([[ontology.contextUrl, ontology.context]]),
      clock: () => 0,
    })
    table = await contexts.resolve(ontology.contextUrl)
  })

  it('is accepted under declared names only', () => {
    for (const entity of [...ontology.administrativeUnits, ...ontology.cityScopes]) {
      const { types = [], attributes } = decodeEntity(entity, table, RULES)
      const declared = ontology.types.get(types[0] ?? '')?.attributes.map(({ iri }) => iri) ?? []
      expect(declared).to.include.members(Object.keys(attributes))
    }
  })

  it('keeps both extents of a ward that was formed from whole and split ones', () => {
    const ward = ontology.administrativeUnits.find(({ id }) => String(id).endsWith('-05467-20250701'))
    const { attributes } = decodeEntity(ward ?? {}, table, RULES)
    const predecessors = attributes[`${URBAN}predecessor`] ?? []
    const extents = predecessors.map(({ datasetId, attributes: sub }) => [
      datasetId,
      sub?.[`${URBAN}extent`]?.[0]?.value,
    ])
    expect(extents).to.deep.equal([
      [undefined, 'full'],
      ['urn:ngsi-ld:Dataset:extent:partial', 'partial'],
    ])
  })

  it('answers every name of the vocabulary compactly', () => {
    for (const { name, iri } of [...ontology.types.values(), ...ontology.attributes.values()]) {
      expect(table.compact(iri)).to.equal(name)
      expect(table.expand(name)).to.equal(iri)
    }
  })
})
