import { expect } from 'chai'
import { incompatibilities } from '../../../ontology/build/compatibility.ts'
import { type AttributeContract, type Contract, contractOf } from '../../../ontology/build/contract.ts'
import { lastReleased } from '../../../ontology/build/released.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

const PLACE: AttributeContract = {
  iri: 'https://x.example/pm25',
  kinds: ['Property'],
  value: 'number',
  unit: 'GQ',
  minimum: 0,
  maximum: 100,
  cardinality: '0..n',
  personalData: 'basic',
  subAttributes: { status: '0..1' },
}
const LISTED: AttributeContract = {
  iri: 'https://x.example/level',
  kinds: ['Property'],
  value: 'string',
  values: ['low', 'high'],
  cardinality: '0..1',
  personalData: 'none',
}

function contract(
  change: Partial<AttributeContract> | null = {},
  { version = 'v1', release = '1.1' } = {},
): Contract {
  const pm25 = change && { pm25: { ...PLACE, ...change } }
  return {
    version,
    release,
    types: { Air: { iri: 'https://x.example/Air', attributes: { level: LISTED, ...pm25 } } },
  }
}

const released = { ...contract(), release: '1.0' }

describe('ontology: compatibility with what was released', () => {
  it('holds for the source', () => {
    const { vocabulary } = readOntology(packageRoot) // another test compares it with its source
    expect(incompatibilities(lastReleased(), contractOf(vocabulary))).to.deep.equal([])
  })

  const breaks: readonly [what: string, change: Partial<AttributeContract> | null, fault: string][] = [
    ['an attribute removed', null, 'Air.pm25 is removed'],
    ['another IRI', { iri: 'https://x.example/other' }, 'Air.pm25: IRI is changed'],
    ['another kind', { kinds: ['Relationship'] }, 'Air.pm25: kind is changed from Property to Relationship'],
    ['another unit', { unit: 'GP' }, 'Air.pm25: unit is changed from GQ to GP'],
    ['another value', { value: 'string' }, 'Air.pm25: value is changed'],
    ['a narrower range', { maximum: 99 }, 'Air.pm25: range is narrowed from [0, 100] to [0, 99]'],
    ['a required attribute', { cardinality: '1..n' }, 'Air.pm25: cardinality is tightened from 0..n to 1..n'],
    ['fewer values', { cardinality: '0..1' }, 'Air.pm25: cardinality is tightened from 0..n to 0..1'],
    [
      'a lower class',
      { personalData: 'none' },
      'Air.pm25: class of personal data is lowered from basic to none',
    ],
    ['a list where any value was good', { values: ['1'] }, 'Air.pm25: values are limited'],
    ['a sub-attribute removed', { subAttributes: {} }, 'Air.pm25: sub-attribute status is removed'],
    [
      'a sub-attribute needed',
      { subAttributes: { status: '1' } },
      'Air.pm25: number of sub-attribute status',
    ],
  ]
  for (const [what, change, fault] of breaks) {
    it(`refuses ${what} within a version`, () => {
      const faults = incompatibilities(released, contract(change))
      expect(faults).to.have.lengthOf(1)
      expect(faults[0]).to.include(fault)
    })
  }

  it('refuses a type removed, a value removed, and an attribute that is added and required', () => {
    const { types, ...rest } = contract()
    const attributes = {
      ...types.Air!.attributes,
      level: { ...LISTED, values: ['low'] },
      name: { ...LISTED, cardinality: '1' as const },
    }
    expect(incompatibilities(released, { ...rest, types: {} })).to.deep.equal(['Type Air is removed'])
    expect(
      incompatibilities(released, { ...rest, types: { Air: { ...types.Air!, attributes } } }),
    ).to.deep.equal(['Air.level: values lose high', 'Air.name is added and required'])
  })

  it('refuses to take away that something may be of a child', () => {
    const marked = { ...contract({ children: true }), release: '1.0' }
    expect(incompatibilities(marked, contract())).to.deep.equal(['Air.pm25: may be of a child no more'])
  })

  it('lets more in: a wider range, more values, a higher class, optional attributes', () => {
    expect(incompatibilities(released, contract({ maximum: 200, personalData: 'sensitive' }))).to.deep.equal(
      [],
    )
  })

  it('asks for another release where anything is added, and for one of its version', () => {
    const wider = contract({ maximum: 200 }, { release: '1.0' })
    expect(incompatibilities(released, wider)[0]).to.include('Release 1.0 is out')
    expect(incompatibilities(released, contract({}, { version: 'v2', release: '1.2' }))[0]).to.include(
      'none of version v2',
    )
  })

  it('lets a new version break, but no IRI change what it means', () => {
    const next = { version: 'v2', release: '2.0' }
    expect(incompatibilities(released, contract({ maximum: 1 }, next))).to.deep.equal([])
    expect(incompatibilities(released, contract(null, next))).to.deep.equal([])
    expect(incompatibilities(released, contract({ unit: 'GP' }, next))[0]).to.include(
      'pm25 needs another IRI',
    )
    const moved = contract({ unit: 'GP', iri: 'https://x.example/v2/pm25' }, next)
    expect(incompatibilities(released, moved)).to.deep.equal([])
  })
})
