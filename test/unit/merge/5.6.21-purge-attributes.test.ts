import { expect } from 'chai'
import { purgeAttributes } from '../../../broker/core/merge/purge-attributes.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { SCOPE } from '../../../broker/core/model/temporal.ts'
import { DATASET, entity, iri, NOW, stored, THEN } from './build.ts'

describe('5.6.21 Purge Entities: attributes', () => {
  const current = entity(
    { a: [stored(1), stored(2, { datasetId: DATASET })], b: [stored(3)] },
    { scopes: ['/x'] },
  )

  it('takes away every instance and leaves the rest with its times', () => {
    const { next, change } = purgeAttributes(current, new Set([iri('a'), iri('none')]), NOW)
    expect(next).to.deep.equal({
      ...current,
      modifiedAt: NOW,
      attributes: { [iri('b')]: [stored(3)] },
    })
    expect(next?.attributes[iri('b')]?.[0]?.modifiedAt).to.equal(THEN)
    expect(change?.attributes.map(({ attribute, action }) => [attribute, action])).to.deep.equal([
      [iri('a'), 'deleted'],
      [iri('a'), 'deleted'],
    ])
    expect(change).to.include({ action: 'updated', members: false })
  })

  it('takes away the scope when that is named', () => {
    const { next } = purgeAttributes(current, new Set([SCOPE]), NOW)
    expect(next).to.not.have.property('scopes')
    expect(next?.attributes).to.deep.equal(current.attributes)
  })

  it('changes nothing where nothing of it is there', () => {
    expect(purgeAttributes(current, new Set([iri('c')]), NOW)).to.deep.equal({})
  })

  it('finds no entity that is gone or expired', () => {
    for (const gone of [undefined, { ...current, expiresAt: THEN }])
      expect(() => purgeAttributes(gone, new Set([iri('a')]), NOW)).to.throw(Problem, 'does not exist')
  })
})
