import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { Parser, type Quad, Store } from 'n3'
import ShaclValidator from 'rdf-validate-shacl'
import { createContextService } from '../../../broker/contexts/context-service.ts'
import { decodeEntity } from '../../../broker/core/context/decode-entity.ts'
import { IRI_TABLE } from '../../../broker/core/context/iri-table.ts'
import type { TermTable } from '../../../broker/core/context/term-table.ts'
import { createEntity } from '../../../broker/core/merge/create-entity.ts'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { breachesOf } from '../../../broker/core/validation/breaches.ts'
import { render } from '../../../broker/core/view/render.ts'
import { writeRdf } from '../../../broker/http/encode/write-rdf.ts'
import { typeRules } from '../../../broker/main/type-rules.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { loopbackEgress } from '../contexts/loopback-egress.ts'
import { entityFaults, ontology } from './entity-faults.ts'
import { judgedExamples } from './judged-examples.ts'

const { vocabulary } = ontology
const examples = judgedExamples(vocabulary)
const SHAPES = join(packageRoot, 'ontology', 'generated', vocabulary.version, 'shapes.ttl')
const RULES = { nulls: 'forbidden', requireId: true, requireType: true } as const

describe('ontology: JSON Schema, SHACL and hub judge alike', () => {
  let table: TermTable
  let entities: readonly Entity[]

  before(async () => {
    const contexts = createContextService({
      egress: loopbackEgress,
      publicUrl: 'https://hub.example',
      builtIn: ontology.contexts,
      clock: () => 0,
    })
    table = await contexts.resolve(ontology.contextUrl)
    entities = examples.map(({ entity }) => {
      const { next } = createEntity(undefined, decodeEntity(entity, table, RULES), 0)
      if (!next) throw new Error('nothing was created')
      return next
    })
  })

  it('has a good example of every type, and one that breaks each rule', () => {
    const good = examples.filter(({ rule }) => rule === undefined).map(({ entity }) => entity.type)
    expect(good).to.deep.equal(vocabulary.types.map(({ name }) => name))
    const rules = new Set(examples.map(({ rule }) => rule))
    expect([...rules]).to.include.members([
      'kind',
      'value',
      'range',
      'values',
      'unit',
      'cardinality',
      'required',
    ])
    expect(new Set(examples.map(({ entity }) => entity.id)).size).to.equal(examples.length)
  })

  it('JSON Schema', () => {
    for (const { entity, rule, attribute } of examples) {
      const faults = entityFaults(entity)
      if (rule === undefined) expect(faults, String(entity.id)).to.deep.equal([])
      else if (rule === 'required') expect(faults.join(), `${entity.id} ${rule}`).to.include(attribute)
      else expect(placesOf(faults), `${entity.id} ${rule}: ${faults}`).to.deep.equal([attribute])
    }
  })

  it('the hub', () => {
    for (const [at, { entity, rule, attribute }] of examples.entries()) {
      const type = ontology.types.get(entities[at]!.types[0]!)!
      const found = breachesOf(entities[at]!, typeRules(type.iri, vocabulary))
      const told = found.map((breach) => `${breach.attribute} ${breach.rule}`)
      expect(told, String(entity.id)).to.deep.equal(rule === undefined ? [] : [`${attribute} ${rule}`])
    }
  })

  it('SHACL', async () => {
    const rendered = entities.map((entity) => {
      const text = render(entity, { options: { format: 'normalized' }, table: IRI_TABLE })
      return JSON.parse(text ?? '{}')
    })
    const data = quadsOf(await writeRdf(rendered, 'application/n-quads', table), 'N-Quads')
    const validator = new ShaclValidator(new Store(quadsOf(readFileSync(SHAPES, 'utf8'), 'Turtle')))
    const report = await validator.validate(new Store(data))
    const names = new Map(vocabulary.attributes.map(({ iri, name }) => [iri, name]))
    const found = new Map<string, Set<string>>()
    for (const { focusNode, path } of report.results) {
      const id = focusNode?.value ?? ''
      const last = path?.value ?? ''
      found.set(id, (found.get(id) ?? new Set()).add(names.get(last) ?? last))
    }
    for (const { entity, rule, attribute } of examples) {
      const told = [...(found.get(String(entity.id)) ?? [])]
      expect(told, `${entity.id} ${rule}`).to.deep.equal(rule === undefined ? [] : [attribute])
    }
  })
})

function quadsOf(text: string, format: string): Quad[] {
  return new Parser({ format }).parse(text)
}

function placesOf(faults: readonly string[]): readonly (string | undefined)[] {
  return [...new Set(faults.map((fault) => fault.split(/[/ ]/)[1]))]
}
