import { expect } from 'chai'
import type { PeerAnswer } from '../../../broker/operations/privacy/ask-hubs.ts'
import {
  afterAnswers,
  isOpen,
  type PersonOrder,
  shownOrder,
  supersedes,
  waitAfter,
} from '../../../broker/operations/privacy/person-order.ts'

const MINUTE = 60_000_000
const ORDER: PersonOrder = {
  id: '00000000-0000-0000-0000-000000000000',
  what: 'erase',
  at: 0,
  by: 'key',
  subject: ['a', 'b'],
  attempts: 0,
  next: 0,
  hubs: [
    { hub: 'near', state: 'open' },
    { hub: 'far', state: 'open' },
  ],
  sealed: 'of the order',
}
const open = (hub: string): PeerAnswer => ({ hub, state: 'open', reason: 'Hub does not answer' })
const done = (hub: string, behind: readonly object[] = []): PeerAnswer => ({
  hub,
  state: 'answered',
  body: { report: { id: `report of ${hub}`, hubs: behind as [] } },
})

describe('orders to other hubs', () => {
  it('wait a minute at first, twice as long each time, and an hour at most', () => {
    expect([1, 2, 3, 7, 8, 100].map((each) => waitAfter(each) / MINUTE)).to.deep.equal([1, 2, 4, 60, 60, 60])
  })

  it('are open until each hub has confirmed, and keep the reports of those that came later', () => {
    const first = afterAnswers(ORDER, [done('near'), open('far')], MINUTE)
    expect(isOpen(first)).to.equal(true)
    expect(first.next).to.equal(2 * MINUTE)
    expect(first.hubs[0]).to.deep.equal({
      hub: 'near',
      state: 'answered',
      triedAt: MINUTE,
      answeredAt: MINUTE,
    })
    const second = afterAnswers(first, [done('far')], 3 * MINUTE)
    expect(isOpen(second)).to.equal(false)
    expect(second.hubs[1]?.report).to.include({ id: 'report of far' })
    expect(second.hubs[1]).not.to.have.property('reason')
  })

  it('wait for the hubs behind a hub too', () => {
    const order = afterAnswers(ORDER, [done('near', [{ hub: 'behind', state: 'open' }]), done('far')], 0)
    expect(order.hubs[0]).to.include({
      state: 'open',
      reason: 'Hubs behind it are still to be asked: behind',
    })
  })

  it('show nothing that is sealed', () => {
    expect(JSON.stringify(shownOrder(ORDER))).not.to.contain('of the order')
  })

  const of = (what: PersonOrder['what'], subject: string, purpose?: string) => ({
    what,
    subject: [...subject],
    ...(purpose !== undefined && { purpose }),
  })
  for (const [now, earlier, expected] of [
    [of('erase', 'ab'), of('erase', 'a'), true],
    [of('erase', 'a'), of('erase', 'ab'), false],
    [of('erase', 'ab'), of('restrict', 'b', 'research'), true],
    [of('restrict', 'ab'), of('erase', 'a'), false],
    [of('restrict', 'ab', 'x'), of('restrict', 'a', 'x'), true],
    [of('restrict', 'ab', 'x'), of('restrict', 'a', 'y'), false],
    // what was to be shown stays hidden, and what was to be hidden is not hidden after it was lifted
    [of('restrict', 'b', 'x'), of('lift', 'ab'), true],
    [of('lift', 'b'), of('restrict', 'ab', 'x'), true],
    [of('lift', 'b', 'y'), of('restrict', 'ab', 'x'), false],
    [of('lift', 'c'), of('restrict', 'ab'), false],
  ] as const)
    it(`${JSON.stringify(now)} ${expected ? 'supersedes' : 'leaves'} ${JSON.stringify(earlier)}`, () =>
      expect(supersedes(now, earlier)).to.equal(expected))
})
