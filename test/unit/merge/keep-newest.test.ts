import { expect } from 'chai'
import { keepNewest } from '../../../broker/core/merge/keep-newest.ts'
import { upsertEntity } from '../../../broker/core/merge/upsert-entity.ts'
import type { Decision } from '../../../broker/core/model/change.ts'
import type { Entity, EntityFragment } from '../../../broker/core/model/entity.ts'
import { NGSI_LD_NULL } from '../../../broker/core/model/iri.ts'
import { DATASET, entity, fragment, given, instance, iri, NOW, stored, THEN } from './build.ts'

const HOUR = 3_600_000_000

function upsert(current: Entity | undefined, body: EntityFragment): Decision {
  return keepNewest(current, upsertEntity(current, body, { mode: 'update' }, NOW))
}

describe('keepNewest', () => {
  const current = entity({
    level: [stored(7, { observedAt: THEN }), stored(70, { datasetId: DATASET, observedAt: THEN - 2 * HOUR })],
    name: [stored('gate')],
  })

  it('keeps the current state as it is when all is older, and tells what history takes', () => {
    const { next, change } = upsert(current, fragment({ level: [given(5, { observedAt: THEN - HOUR })] }))
    expect(next).to.equal(current)
    expect(change).to.deep.include({ action: 'updated', at: NOW, members: false })
    expect(change?.attributes).to.deep.equal([
      {
        attribute: iri('level'),
        action: 'updated',
        before: stored(7, { observedAt: THEN }),
        after: stored(5, { observedAt: THEN - HOUR, modifiedAt: NOW }),
        late: true,
      },
    ])
  })

  it('tells older and newer instances of one body apart, by attribute and datasetId', () => {
    const { next, change } = upsert(
      current,
      fragment({
        level: [
          given(5, { observedAt: THEN - HOUR }),
          given(50, { datasetId: DATASET, observedAt: THEN - HOUR }),
        ],
        name: [given('door')],
        flow: [given(1, { observedAt: THEN - HOUR })],
      }),
    )
    expect(instance(next?.attributes, 'level')).to.equal(current.attributes[iri('level')]?.[0])
    expect(instance(next?.attributes, 'level', DATASET)).to.deep.include({ value: 50, modifiedAt: NOW })
    expect(instance(next?.attributes, 'name')?.value).to.equal('door')
    expect(instance(next?.attributes, 'flow')?.value).to.equal(1)
    expect(next?.modifiedAt).to.equal(NOW)
    expect(
      change?.attributes.map(({ attribute, datasetId, late }) => [attribute, datasetId, late]),
    ).to.have.deep.members([
      [iri('level'), undefined, true],
      [iri('level'), DATASET, undefined],
      [iri('name'), undefined, undefined],
      [iri('flow'), undefined, undefined],
    ])
  })

  it('still adds types that come with an older observation', () => {
    const body = fragment({ level: [given(5, { observedAt: THEN - HOUR })] }, { types: [iri('Sensor')] })
    const { next, change } = upsert(current, body)
    expect(next?.types).to.deep.equal([iri('Station'), iri('Sensor')])
    expect(next?.attributes).to.deep.equal(current.attributes)
    expect(change).to.deep.include({ members: true })
    expect(change?.attributes[0]?.late).to.equal(true)
  })

  const ordinary: readonly [string, Entity | undefined, EntityFragment][] = [
    ['the same time', current, fragment({ level: [given(8, { observedAt: THEN })] })],
    ['a newer one', current, fragment({ level: [given(8, { observedAt: THEN + 1 })] })],
    ['no time in the body', current, fragment({ level: [given(8)] })],
    [
      'no time in the store',
      entity({ level: [stored(7)] }),
      fragment({ level: [given(8, { observedAt: 1 })] }),
    ],
    ['a deletion', current, fragment({ level: [given(NGSI_LD_NULL)] })],
    [
      'a current one that has expired',
      entity({ level: [stored(7, { observedAt: THEN, expiresAt: NOW })] }),
      fragment({ level: [given(8, { observedAt: 1 })] }),
    ],
    [
      'no entity',
      undefined,
      fragment({ level: [given(8, { observedAt: 1 })] }, { id: 'urn:t:1', types: [iri('T')] }),
    ],
  ]
  for (const [title, before, body] of ordinary) {
    it(`leaves an ordinary update as it is: ${title}`, () => {
      const decision = upsertEntity(before, body, { mode: 'update' }, NOW)
      expect(decision.change?.attributes).to.have.length.above(0)
      expect(keepNewest(before, decision)).to.equal(decision)
    })
  }

  it('finds no change in the same content of the same time', () => {
    expect(upsert(current, fragment({ level: [given(7, { observedAt: THEN })] }))).not.to.have.property(
      'change',
    )
  })
})
