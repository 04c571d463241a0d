import { expect } from 'chai'
import type { TemporalInstance } from '../../../broker/core/model/temporal.ts'
import { combineInstances } from '../../../broker/federation/temporal/combine-evolutions.ts'

const instance = (value: number, members: Partial<TemporalInstance>): TemporalInstance => ({
  kind: 'Property',
  value,
  createdAt: 1,
  modifiedAt: 1,
  instanceId: `urn:i:${value}`,
  ...members,
})

describe('5.7.3 combineInstances', () => {
  const values = (...copies: Parameters<typeof combineInstances>[0]) =>
    combineInstances(copies, 'observedAt').map(({ value }) => value)

  it('tells the same instance of two sources once, in its last version', () => {
    const old = { instances: [instance(1, { observedAt: 10 }), instance(2, { observedAt: 20 })] }
    const late = {
      instances: [instance(3, { observedAt: 20, modifiedAt: 5 }), instance(4, { observedAt: 30 })],
    }
    expect(values(old, late)).to.deep.equal([1, 3, 4])
    expect(values(late, old)).to.deep.equal([3, 4, 1])
    expect(values(old, old)).to.deep.equal([1, 2])
  })

  it('keeps datasets apart, and instances without a time of observation by their ids', () => {
    const one = [instance(1, { observedAt: 10 }), instance(2, { observedAt: 10, datasetId: 'urn:d' })]
    const other = [instance(3, { instanceId: 'urn:i:x' }), instance(4, { instanceId: 'urn:i:y' })]
    expect(
      values({ instances: [...one, ...other] }, { instances: [instance(9, { instanceId: 'urn:i:x' })] }),
    ).to.deep.equal([1, 2, 3, 4])
  })

  it('lets auxiliary sources fill in times that nobody else has, each once', () => {
    const own = { instances: [instance(1, { observedAt: 10 })] }
    const filling = {
      instances: [instance(2, { observedAt: 10, modifiedAt: 9 }), instance(3, { observedAt: 20 })],
      auxiliary: true,
    } as const
    const more = {
      instances: [instance(4, { observedAt: 20 }), instance(5, { observedAt: 30 })],
      auxiliary: true,
    } as const
    expect(values(filling, own, more)).to.deep.equal([1, 3, 5])
    expect(values(filling)).to.deep.equal([2, 3])
  })
})
