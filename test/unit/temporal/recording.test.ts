import { expect } from 'chai'
import type { AttributeChange } from '../../../broker/core/model/change.ts'
import type { Instance } from '../../../broker/core/model/entity.ts'
import { isRecorded, type Keeping, recordingBy } from '../../../broker/core/temporal/recording.ts'

const MINUTE = 60_000_000
const [AIR, BUS, NO2, PM10] = ['Air', 'Bus', 'no2', 'pm10'].map((name) => `https://example.org/${name}`) as [
  string,
  string,
  string,
  string,
]

const instance = (value: number, observedAt: number, more: Partial<Instance> = {}): Instance => ({
  kind: 'Property',
  value,
  observedAt,
  createdAt: 1,
  modifiedAt: observedAt + 5,
  ...more,
})
const change = (before?: Instance, after?: Instance): AttributeChange => ({
  attribute: PM10,
  action: before ? (after ? 'updated' : 'deleted') : 'created',
  ...(before && { before }),
  ...(after && { after }),
})

describe('What history records', () => {
  const recording = recordingBy([
    { types: [AIR], attributes: [NO2], keeping: { keep: 'off' } },
    { types: [AIR], keeping: { keep: 'changed' } },
    { attributes: [PM10], keeping: { keep: 'all' } },
    { keeping: { keep: 'sampled', every: MINUTE } },
  ])

  it('is what the first rule says that fits', () => {
    expect(recording([BUS, AIR], NO2)).to.deep.equal({ keep: 'off' })
    expect(recording([AIR], PM10)).to.deep.equal({ keep: 'changed' })
    expect(recording([BUS], PM10)).to.equal(undefined)
    expect(recording([BUS], NO2)).to.deep.equal({ keep: 'sampled', every: MINUTE })
    expect(recordingBy([])([AIR], NO2)).to.equal(undefined)
  })

  const changed: Keeping = { keep: 'changed' }
  const sampled: Keeping = { keep: 'sampled', every: MINUTE }
  const inner = (value: number, modifiedAt: number) => ({
    attributes: { [NO2]: [instance(value, 3, { modifiedAt })] },
  })
  const cases: readonly [string, AttributeChange, Keeping | undefined, boolean][] = [
    ['everything without a rule', change(instance(1, 10), instance(1, 20)), undefined, true],
    ['nothing where it is off', change(undefined, instance(1, 10)), { keep: 'off' }, false],
    ['no deletion where it is off', change(instance(1, 10)), { keep: 'off' }, false],
    ['another value', change(instance(1, 10), instance(2, 20)), changed, true],
    ['not the same value at another time', change(instance(1, 10), instance(1, 20)), changed, false],
    ['another unit', change(instance(1, 10), instance(1, 20, { unitCode: 'GQ' })), changed, true],
    [
      'another sub-attribute',
      change(instance(1, 10, inner(1, 7)), instance(1, 20, inner(2, 8))),
      changed,
      true,
    ],
    [
      'not the same sub-attribute',
      change(instance(1, 10, inner(1, 7)), instance(1, 20, inner(1, 8))),
      changed,
      false,
    ],
    ['one sub-attribute more', change(instance(1, 10), instance(1, 20, inner(1, 7))), changed, true],
    ['what comes', change(undefined, instance(1, 10)), changed, true],
    ['what goes', change(instance(1, 10)), sampled, true],
    ['the first of another period', change(instance(1, MINUTE - 1), instance(2, MINUTE)), sampled, true],
    ['no second one of a period', change(instance(1, MINUTE), instance(2, 2 * MINUTE - 1)), sampled, false],
    ['a late one of another period', change(instance(1, 5 * MINUTE), instance(2, MINUTE)), sampled, true],
  ]
  for (const [title, one, keeping, expected] of cases) {
    it(`is ${title}`, () => expect(isRecorded(one, keeping)).to.equal(expected))
  }
})
