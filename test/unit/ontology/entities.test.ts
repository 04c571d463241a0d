import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../../ontology/package-root.ts'
import type { JsonObject } from '../../../ontology/vocabulary.ts'
import { ontology, entityFaults as validate } from './entity-faults.ts'

interface Examples {
  readonly valid: readonly JsonObject[]
  /** `change` is laid over the first valid entity; null takes the member away. */
  readonly invalid: readonly { readonly fault: string; readonly change: JsonObject }[]
}

const folder = join(packageRoot, 'test', 'fixtures', 'ontology')
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

describe('ontology: JSON Schemas of entities', () => {
  it('has examples of every type', () => {
    const named = files.map((name) => name.replace('.json', '').replaceAll('-', ''))
    expect(named).to.have.members([...ontology.types.values()].map(({ name }) => name.toLowerCase()))
  })

  for (const name of files) {
    const { valid, invalid } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Examples
    for (const [at, entity] of valid.entries()) {
      it(`accepts example ${at + 1} of ${name}`, () => {
        expect(validate(entity)).to.deep.equal([])
      })
    }
    for (const { fault, change } of invalid) {
      it(`refuses in ${name}: ${fault}`, () => {
        const faults = validate(changed(valid[0]!, change))
        expect(faults.some((text) => text.startsWith(fault))).to.equal(true, faults.join('; '))
        expect(faults.every((text) => text.startsWith(fault.split(' ')[0]!))).to.equal(
          true,
          faults.join('; '),
        )
      })
    }
  }

  it('accepts every administrative unit and city scope that it ships', () => {
    const faults = [...ontology.administrativeUnits, ...ontology.cityScopes].flatMap(validate)
    expect(faults).to.deep.equal([])
  })

  it('does not judge entities of types that it does not know', () => {
    expect(validate({ id: 'urn:x:1', type: 'https://vocabulary.example/Other', pm25: 'much' })).to.deep.equal(
      [],
    )
  })
})

function changed(entity: JsonObject, change: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries({ ...entity, ...change }).filter(([, value]) => value !== null))
}
