import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import { everyStop, settle } from '../../support/every-stop.ts'
import { checkWithCut, hubsOn, subscribed, subscribedToElse } from '../../support/hub-cases.ts'

describe('MongoDB: hubs that write and notify, one of which is stopped, in orders of what they do', function () {
  this.timeout(600_000)

  it('tell once, from where it is kept, what one of them kept and did not live to tell, wherever it is killed', async () => {
    const before = await subscribed()
    const hubs = [{ writes: [{ after: 0, value: 2 }] }, { writes: [{ after: 6000, value: 3 }] }]
    const { turns, states } = await everyStop(() => hubsOn(before, hubs), {
      ...{ stop: 'kill', life: 1100, from: 0, until: 0, interruptions: 0 },
    })
    expect(turns).to.be.greaterThan(30)
    expect(states).to.be.greaterThan(30)
  })

  it('go on from where the owner of the duty kept it, whatever one does that was paused while it began', async () => {
    const before = await subscribed()
    const hubs = [{ slow: 'processes' }, { joinsAfter: 1200, writes: [{ after: 9000, value: 2 }] }]
    const { turns, states } = await everyStop(() => hubsOn(before, hubs), {
      ...{ stop: 'pause', lived: 1000, life: 1001, from: 7600, until: 7700, interruptions: 0 },
    })
    expect(turns).to.be.greaterThan(10)
    expect(states).to.be.greaterThan(500)
  })

  it('judge by what a subscription was changed to elsewhere all that comes behind that, whenever they hear of it', async () => {
    const before = await subscribedToElse()
    const hubs = [{}, { subscribesAfter: 500, writes: [{ after: 600, value: 2 }] }]
    const { turns } = await everyStop(() => hubsOn(before, hubs), {
      ...{ stop: 'pause', lived: 400, life: 700, from: 300, until: 400, interruptions: 0 },
    })
    expect(turns).to.be.greaterThan(30)
  })

  it('tell what is due while they leave, and leave then', async () => {
    const hubs = [{ leavesAfter: 400 }, { writes: [{ after: 500, value: 2 }] }]
    const world = hubsOn(await subscribed(), hubs)
    await settle(world)
    expect(world.processes.map(({ isGone }) => isGone)).to.deep.equal([true, false])
  })

  it('tell once what is due where an operation of one that takes over fails, and another one joins later', async () => {
    const before = await subscribed([DEFAULT_TENANT, parseTenant('other')])
    let at = 0
    while (await checkWithCut(before, { at, happens: false }, 10_400)) at++
    expect(at).to.be.greaterThan(100)
  })
})
