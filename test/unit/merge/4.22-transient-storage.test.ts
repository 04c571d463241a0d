import { expect } from 'chai'
import { atTime } from '../../../broker/core/merge/at-time.ts'
import { updateAttributes } from '../../../broker/core/merge/update-attributes.ts'
import { validUntil } from '../../../broker/core/merge/valid-until.ts'
import { DATASET, entity, fragment, given, instance, iri, LATER, NOW, stored, THEN } from './build.ts'

describe('4.22 Transient storage', () => {
  const expired = { expiresAt: NOW }
  const current = entity({
    level: [stored(1, expired), stored(2, { datasetId: DATASET })],
    gone: [stored(3, expired)],
    name: [stored('a', { attributes: { [iri('by')]: [stored('b', expired)] } })],
  })

  it('answers the same object while nothing expires', () => {
    expect(atTime(current, NOW - 1)).to.equal(current)
    expect(validUntil(current)).to.equal(NOW)
    expect(validUntil(entity({ level: [stored(1)] }))).to.equal(undefined)
  })

  it('takes away instances, attributes and sub-attributes at the instant they expire', () => {
    const live = atTime(current, NOW)
    expect(live?.attributes).to.deep.equal({
      [iri('level')]: [stored(2, { datasetId: DATASET })],
      [iri('name')]: [stored('a')],
    })
    expect(current.attributes).to.have.property(iri('gone'))
  })

  it('takes away the entity', () => {
    expect(atTime({ ...current, expiresAt: NOW }, NOW)).to.equal(undefined)
    expect(validUntil({ ...current, expiresAt: THEN })).to.equal(THEN)
  })

  it('sees the earliest expiry at every level', () => {
    const deep = stored(1, {
      attributes: {
        [iri('by')]: [stored(1, { attributes: { [iri('at')]: [stored(1, { expiresAt: LATER })] } })],
      },
    })
    expect(validUntil(entity({ deep: [deep] }))).to.equal(LATER)
  })

  it('counts an expired attribute as created anew, and tells what else leaves as deleted', () => {
    const { next, change } = updateAttributes(current, fragment({ level: [given(1)] }), NOW)
    expect(instance(next?.attributes, 'level')?.createdAt).to.equal(NOW)
    expect(next?.attributes).not.to.have.property(iri('gone'))
    expect(change?.attributes.map(({ attribute, action }) => [attribute, action])).to.deep.equal([
      [iri('gone'), 'deleted'],
      [iri('level'), 'created'],
    ])
  })

  it('does not make a change out of an expiry when the write changes nothing', () => {
    expect(updateAttributes(current, fragment({ name: [given('a')] }), NOW)).not.to.have.property('change')
  })
})
