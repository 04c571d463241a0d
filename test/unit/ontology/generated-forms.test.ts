import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import jsonld from 'jsonld'
import { Parser, type Quad } from 'n3'
import type { AirQualityObserved, EntityTypes, Simplified } from '../../../ontology/generated/v1/entities.ts'
import { keptVocabulary, wholeVocabulary } from '../../../ontology/kept-vocabulary.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import type { Vocabulary } from '../../../ontology/vocabulary.ts'

const ontology = readOntology(packageRoot)
const read = (file: string) => ontology.files.get(`v1/${file}`)?.text ?? ''

describe('ontology: OWL', () => {
  const turtle = new Parser().parse(read('ontology.ttl'))

  it('says the same in Turtle and JSON-LD', async () => {
    const others = (await jsonld.toRDF(JSON.parse(read('ontology.jsonld')))) as unknown as readonly Quad[] // as n3 has them
    expect(statements(others)).to.deep.equal(statements(turtle))
  })

  it('has every type and attribute, with labels and definitions in both languages', () => {
    const about = (iri: string, predicate: string) =>
      turtle.filter(({ subject, predicate: p }) => subject.value === iri && p.value.endsWith(predicate))
    for (const { iri } of [
      ...ontology.types.values(),
      ...[...ontology.attributes.values()].filter((one) => !one.core),
    ]) {
      for (const predicate of ['#label', '#definition']) {
        const languages = about(iri, predicate).map(({ object }) => 'language' in object && object.language)
        expect(languages.sort(), `${iri} ${predicate}`).to.deep.equal(['en', 'vi'])
      }
    }
  })

  it('calls nothing equivalent that leads to values in place of attributes', () => {
    const equal = turtle.filter(({ predicate }) => predicate.value.endsWith('#equivalentProperty'))
    const models = equal.map(
      ({ subject, object }) => `${subject.value} ${object.value.replace(/[^/#]*$/, '')}`,
    )
    expect(new Set(models).size, 'two terms of one vocabulary').to.equal(models.length)
    expect(
      equal.filter(({ object }) => !object.value.startsWith('https://smartdatamodels.org/')),
    ).to.deep.equal([])
  })
})

describe('ontology: TypeScript types', () => {
  it('are typed down to units and values of lists', () => {
    const good: Partial<AirQualityObserved> = {
      type: 'AirQualityObserved',
      pm25: {
        type: 'Property',
        value: 41.5,
        unitCode: 'GQ',
        observationStatus: { type: 'Property', value: 'measuring' },
      },
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8, 21.6] } },
    }
    // @ts-expect-error another unit
    const unit: Partial<AirQualityObserved> = { pm25: { type: 'Property', value: 1, unitCode: 'CEL' } }
    // @ts-expect-error another value
    const value: Partial<AirQualityObserved> = { pm25: { type: 'Property', value: 'much' } }
    // @ts-expect-error not in the list
    const listed: Partial<EntityTypes['Device']> = { status: { type: 'Property', value: 'asleep' } }
    const plain: Partial<Simplified<AirQualityObserved>> = { pm25: 41.5 }
    expect([good, unit, value, listed, plain]).to.have.lengthOf(5)
  })
})

describe('ontology: vocabulary', () => {
  it('is whole again, though its file leaves out what a type does not change', () => {
    const kept = keptVocabulary(ontology.vocabulary)
    expect(JSON.stringify(kept).length).to.be.lessThan(JSON.stringify(ontology.vocabulary).length / 2)
    expect(wholeVocabulary(kept as unknown as Vocabulary)).to.deep.equal(ontology.vocabulary)
  })
})

describe('ontology: size', () => {
  it('keeps what is served small', () => {
    const schemas = [...ontology.files].filter(([path]) => path.includes('/schemas/'))
    const bytes = schemas.reduce((sum, [, { text }]) => sum + text.length, 0)
    expect(bytes / schemas.length, 'bytes of a schema').to.be.lessThan(15_000)
    expect(
      readFileSync(join(packageRoot, 'ontology/generated/v1/schemas/Device.json'), 'utf8').split('\n'),
    ).to.have.lengthOf.below(60)
  })
})

/** Blank nodes have other names in each form: what is said of them is compared without. */
function statements(quads: readonly Quad[]): readonly string[] {
  return quads
    .map(({ subject, predicate, object }) => `${plain(subject)} ${predicate.value} ${plain(object)}`)
    .sort()
}

function plain(term: {
  readonly termType: string
  readonly value: string
  readonly language?: string
}): string {
  return term.termType === 'BlankNode' ? '_' : `${term.value}${term.language ? `@${term.language}` : ''}`
}
