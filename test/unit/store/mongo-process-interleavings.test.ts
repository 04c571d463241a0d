import { expect } from 'chai'
import { everyStop } from '../../support/every-stop.ts'
import { checkWithCut, processesWith } from '../../support/process-cases.ts'

const STOPPED = { life: 1500, from: 4500, until: 7500, interruptions: 0 } as const

describe('MongoDB: processes that share a duty, one of which is stopped, in orders of what they do', function () {
  this.timeout(600_000)

  it('gives the duty of one that is paused, wherever it is, to another one, and to nobody while it counts itself alive', async () => {
    const begin = () => processesWith([{ late: true }, {}])
    const { turns, states } = await everyStop(begin, { ...STOPPED, stop: 'pause' })
    expect(turns).to.be.greaterThan(15)
    expect(states).to.be.greaterThan(3000)
  })

  it('gives the duty of one that is killed to one of two, who both look after what it did not live to tell of', async () => {
    const begin = () => processesWith([{ tellsAfter: 1000 }, {}, {}])
    const { turns, states } = await everyStop(begin, { ...STOPPED, stop: 'kill' })
    expect(turns).to.be.greaterThan(8)
    expect(states).to.be.greaterThan(500)
  })

  for (const happens of [false, true])
    it(`does so though anything fails once at the server${happens ? ', which did it' : ''}`, async () => {
      for (let at = 0; at < 40; at++) await checkWithCut({ at, happens })
    })
})
