import { expect } from 'chai'
import { packUnit, unpackUnit } from '../../../broker/store/sqlite/packed-unit.ts'
import { unitWrite } from '../../../broker/store/sqlite/unit-write.ts'
import { entity, property, put } from '../../support/store-builders.ts'

describe('packed unit', () => {
  it('has more rows than a call may have arguments', () => {
    const numbers = Array.from({ length: 1000 }, (_, at) => at)
    const names = Array.from({ length: 100 }, (_, at) => `urn:x:${at}`)
    const attributes = Object.fromEntries(names.map((name) => [name, [property(numbers)]]))
    const unit = unitWrite(put(entity('urn:x:1', { attributes })))
    const unpacked = unpackUnit(packUnit(unit))
    expect(unpacked).to.have.nested.property('index.added.scalars.length', 400_000)
    expect(unpacked).to.deep.equal(unit)
  })
})
