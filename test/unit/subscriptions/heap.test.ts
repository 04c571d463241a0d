import { expect } from 'chai'
import fc from 'fast-check'
import { Heap, Seat } from '../../../broker/subscriptions/deliver/heap.ts'

describe('subscriptions/deliver: heap', () => {
  it('answers the least of what was put in, moved and not taken out', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ seat: fc.nat(9), key: fc.option(fc.nat(20)) }), { maxLength: 200 }),
        (steps) => {
          const heap = new Heap<number>()
          const seats = Array.from({ length: 10 }, (_, n) => new Seat(n))
          const model = new Map<number, number>()
          for (const { seat, key } of steps) {
            if (key === null) heap.delete(seats[seat]!)
            else heap.set(seats[seat]!, key)
            if (key === null) model.delete(seat)
            else model.set(seat, key)
            expect(heap.size).to.equal(model.size)
            expect(heap.first?.key).to.equal(model.size === 0 ? undefined : Math.min(...model.values()))
            for (const one of seats) expect(one.taken).to.equal(model.has(one.of))
          }
          const left: number[] = []
          for (let first = heap.first; first; first = heap.first) {
            left.push(first.key)
            heap.delete(first)
          }
          expect(left).to.deep.equal([...model.values()].sort((one, other) => one - other))
        },
      ),
    ))
})
