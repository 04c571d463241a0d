import { expect } from 'chai'
import { told } from '../../trial/answers.ts'
import { type Copy, type Found, faultsOf, type Outcome } from '../../trial/ledger.ts'

describe('what a trial finds wrong', () => {
  const copy = (outcomes: readonly Outcome[], deleted?: Outcome): Copy => ({
    place: 'west',
    attribute: 'speed',
    writes: outcomes.map((outcome, at) => ({ value: at + 1, outcome })),
    created: outcomes[0] ?? 'unknown',
    ...(deleted && { deleted }),
  })
  const found = (value: number | undefined, history: readonly number[]): Found => ({
    present: value !== undefined,
    history,
    ...(value !== undefined && { value }),
  })
  const rows: readonly (readonly [string, Copy, Found, RegExp | undefined])[] = [
    [
      'nothing where the last confirmed write is there',
      copy(['acked', 'acked']),
      found(2, [1, 2]),
      undefined,
    ],
    ['nothing where an open write came', copy(['acked', 'unknown']), found(2, [1, 2]), undefined],
    ['nothing where it came late', copy(['acked', 'unknown', 'acked']), found(2, [1, 3, 2]), undefined],
    ['nothing where it did not', copy(['acked', 'unknown']), found(1, [1]), undefined],
    ['nothing after a deletion', copy(['acked'], 'acked'), found(undefined, [1]), undefined],
    ['an entity that is lost', copy(['acked']), found(undefined, [1]), /is lost/],
    ['one that is back', copy(['acked'], 'acked'), found(1, [1]), /deletion was confirmed/],
    ['one that was refused', copy(['refused']), found(1, [1]), /creation was refused/],
    ['a write that is lost', copy(['acked', 'acked']), found(1, [1]), /lost the confirmed write of 2/],
    ['one that was undone', copy(['acked', 'acked']), found(1, [1, 2]), /is 1 in the end/],
    ['one that was applied twice', copy(['acked', 'unknown', 'acked']), found(2, [1, 2, 3, 2]), /2 times/],
    ['one that was refused and is there', copy(['acked', 'refused']), found(1, [1, 2]), /refused write of 2/],
    ['a value of nobody', copy(['acked']), found(1, [1, 7]), /nobody wrote/],
  ]
  for (const [title, one, there, fault] of rows)
    it(title, () => {
      const faults = faultsOf({ id: 'urn:x:1', type: 'Bus', copies: [one], busy: false }, one, there).join(
        '; ',
      )
      if (fault) expect(faults).to.match(fault)
      else expect(faults).to.equal('')
    })

  it('reads of a mixed answer what became of each part', () => {
    const errors = [
      { entityId: 'urn:x:1', registrationId: 'urn:registration:west:exclusive', error: { status: 504 } },
      { entityId: 'urn:x:2', error: { status: 409 } },
    ]
    const answer = told({ status: 207, headers: {}, body: { success: ['urn:x:3'], errors } })
    expect(answer.ofEntity('urn:x:1', 'west')).to.equal('unknown')
    expect(answer.ofEntity('urn:x:1')).to.equal('acked')
    expect(answer.ofEntity('urn:x:2')).to.equal('refused')
    expect(answer.ofEntity('urn:x:3', 'west')).to.equal('acked')
    expect(told(undefined).ofEntity('urn:x:1')).to.equal('unknown')
    expect(told({ status: 404, headers: {}, body: undefined }).ofAttribute('speed')).to.equal('refused')
  })
})
