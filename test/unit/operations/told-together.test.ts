import { expect } from 'chai'
import fc from 'fast-check'
import { toldTogether, withElsewhere } from '../../../broker/operations/entities/with-elsewhere.ts'

const part = (count: number, alone: boolean) => ({ count, alone, noise: [] })
const own = (count: number) => ({ count, noise: [] })
const page = (count: number) => ({ texts: [], more: false, count })

describe('operations/entities: numbers of what nobody sees, of several hubs', () => {
  it('are added where nobody else has the same', () => {
    const told = toldTogether(own(10), { told: [part(15, true), part(5, true)], all: true })
    expect(told).to.deep.equal({ count: 30, noise: [], isBound: false })
  })

  it('are the most of one of them, said to be a bound, where others may have the same', () => {
    const told = toldTogether(own(10), { told: [part(15, false), part(5, true)], all: true })
    expect(told).to.deep.equal({ count: 20, noise: [], isBound: true })
  })

  it('are no bound where only one tells of any', () => {
    const told = toldTogether(own(0), { told: [part(15, false), part(0, false)], all: true })
    expect(told).to.deep.equal({ count: 15, noise: [], isBound: false })
  })

  it('are a bound where somebody does not tell', () => {
    expect(toldTogether(own(10), { told: [], all: false })).to.deep.equal({
      count: 10,
      noise: [],
      isBound: true,
    })
  })

  it('never are more than are told in all, nor fewer than one tells: nothing is left to subtract', () => {
    const parts = fc.array(fc.record({ steps: fc.nat({ max: 30 }), alone: fc.boolean() }), { maxLength: 6 })
    fc.assert(
      fc.property(fc.nat({ max: 30 }), parts, (steps, others) => {
        const told = others.map(({ steps: each, alone }) => part(each * 5, alone))
        const { count } = toldTogether(own(steps * 5), { told, all: true })
        const all = [steps * 5, ...told.map((each) => each.count)]
        expect(count % 5).to.equal(0)
        expect(count).to.be.within(
          Math.max(...all),
          all.reduce((sum, each) => sum + each, 0),
        )
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  it('are added to what is seen one by one, of pages that tell of such entities', () => {
    const elsewhere = { told: [part(15, false)], all: true }
    expect(withElsewhere({ ...page(12), together: own(10) }, elsewhere, 'hub')).to.deep.include({
      count: 17,
      warnings: [
        '199 hub "The count is a lower bound: several hubs may count the same entities, or one of them did not count"',
      ],
    })
    expect(withElsewhere(page(12), elsewhere, 'hub')).to.deep.equal(page(12))
    expect(withElsewhere({ ...page(12), together: own(10) }, undefined, 'hub').count).to.equal(12)
  })
})
