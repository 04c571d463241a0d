import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import { everyStop, type StopCase } from '../../support/every-stop.ts'
import { checkWithCut, hubsOn, subscribed, unsubscribed } from '../../support/hub-cases.ts'
import type { ModelHubOptions } from '../../support/model-hub.ts'

const WRITES = [{ after: 500, value: 2 }]
const SLOW_HEART = { slow: 'processes', writes: WRITES } as const
const CASES: Readonly<Record<string, StopCase & { readonly hubs: readonly ModelHubOptions[] }>> = {
  'one that is paused, wherever it is, and another one': {
    hubs: [{ late: true, writes: WRITES }, { writes: [{ after: 6000, value: 3 }] }],
    ...{ stop: 'pause', life: 1600, from: 5500, until: 7500, interruptions: 0 },
  },
  'one that is paused while it begins, whose heart is slow, and another one': {
    hubs: [SLOW_HEART, { joinsAfter: 1200, writes: [{ after: 7000, value: 3 }] }],
    ...{ stop: 'pause', lived: 1000, life: 1600, from: 7000, until: 9000, interruptions: 0 },
  },
  'one that is paused while it keeps, whose heart is slow, and another one': {
    hubs: [SLOW_HEART, { joinsAfter: 1200, writes: [{ after: 9000, value: 3 }] }],
    ...{ stop: 'pause', lived: 1500, life: 2100, from: 5500, until: 7500, interruptions: 1 },
  },
  'one that is killed, and two others': {
    hubs: [
      { writes: WRITES },
      { writes: [{ after: 6000, value: 3 }] },
      { writes: [{ after: 6000, value: 4 }] },
    ],
    ...{ stop: 'kill', lived: 500, life: 1600, from: 5000, until: 7000, interruptions: 0 },
  },
  'one that is killed while it leaves, and another one': {
    hubs: [{ writes: WRITES, leavesAfter: 500 }, { writes: [{ after: 600, value: 3 }] }],
    ...{ stop: 'kill', lived: 500, life: 2100, from: 1000, until: 1600, interruptions: 1 },
  },
}

describe('MongoDB: hubs that write, drain and notify, in every order', function () {
  this.timeout(3_600_000)
  for (const [title, { hubs, ...small }] of Object.entries(CASES))
    it(`${title}`, async () => {
      const before = await subscribed()
      const { turns, states } = await everyStop(() => hubsOn(before, hubs), small)
      expect(turns).to.be.greaterThan(20)
      expect(states).to.be.greaterThan(20)
    })

  it('one that is paused while it takes in the first subscription, and another one that has it by then', async () => {
    const before = await unsubscribed()
    const hubs = [
      { slow: 'processes', subscribesAfter: 500 },
      { joinsAfter: 1200, subscribesAfter: 9000, writes: [{ after: 9500, value: 2 }] },
    ]
    const { turns, states } = await everyStop(() => hubsOn(before, hubs), {
      ...{ stop: 'pause', lived: 1500, life: 1501, from: 11_000, until: 11_500, interruptions: 0 },
    })
    expect(turns).to.be.greaterThan(20)
    expect(states).to.be.greaterThan(100)
  })

  for (const [title, happens, joinsAfter] of [
    ['fails, and another one that joins at once', false, 7600],
    ['gets no answer, and another one that joins at once', true, 7600],
    ['gets no answer, and another one that joins later', true, 10_400],
  ] as const)
    it(`one that takes over, an operation of which ${title}`, async () => {
      const before = await subscribed([DEFAULT_TENANT, parseTenant('other')])
      let at = 0
      while (await checkWithCut(before, { at, happens }, joinsAfter)) at++
      expect(at).to.be.greaterThan(100)
    })
})
