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

  it('has a good example of every type, and breaks each rule', () => {
    const good = examples.filter(({ broken }) => broken.size === 0).map(({ entity }) => entity.type)
    expect(good).to.deep.equal(vocabulary.types.map(({ name }) => name))
    const count = (rule: string) =>
      examples.flatMap(({ broken }) => [...broken.values()]).filter((one) => one === rule).length
    for (const rule of ['kind', 'value', 'range', 'unit', 'cardinality'])
      expect(count(rule), rule).to.be.greaterThan(40)
    for (const rule of ['values', 'required']) expect(count(rule), rule).to.be.greaterThan(5)
  })

  it('JSON Schema', () => {
    for (const { entity, broken } of examples) {
      const faults = entityFaults(entity)
      const places = faults.map(
        (fault) => /^\/ must have required property '(\w+)'/.exec(fault)?.[1] ?? fault.split(/[/ ]/)[1],
      )
      expect([...new Set(places)].sort(), `${entity.id}: ${faults}`).to.deep.equal([...broken.keys()].sort())
    }
  })

  it('the hub', () => {
    for (const [at, { entity, broken }] of examples.entries()) {
      const [type = ''] = entities[at]!.types
      const found = breachesOf(entities[at]!, typeRules(type, vocabulary))
      const told = found.map((breach) => [breach.attribute, breach.rule]).sort()
      expect(told, String(entity.id)).to.deep.equal([...broken].sort())
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
    for (const { entity, broken } of examples) {
      const told = [...(found.get(String(entity.id)) ?? [])].sort()
      expect(told, String(entity.id)).to.deep.equal([...broken.keys()].sort())
    }
  })
})

function quadsOf(text: string, format: string): Quad[] {
  return new Parser({ format }).parse(text)
}
