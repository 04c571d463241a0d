import { expect } from 'chai'
import { everyStop, type StopCase } from '../../support/every-stop.ts'
import type { ModelProcessOptions } from '../../support/model-process.ts'
import { processesWith } from '../../support/process-cases.ts'

const TELLS_AND_LEAVES = { tellsAfter: 2000, leavesAfter: 2500 }
const TAKEN_OVER = { life: 3000, from: 4500, until: 7500, interruptions: 1 }
const CASES: Readonly<Record<string, StopCase & { readonly processes: readonly ModelProcessOptions[] }>> = {
  'one that is paused, and another one': {
    ...TAKEN_OVER,
    processes: [{ late: true }, {}],
    stop: 'pause',
    life: 1500,
  },
  'one that is paused, tells and leaves, and another one': {
    ...TAKEN_OVER,
    processes: [{ ...TELLS_AND_LEAVES, late: true }, {}],
    stop: 'pause',
  },
  'one that is killed, and two others': {
    ...TAKEN_OVER,
    processes: [TELLS_AND_LEAVES, {}, {}],
    stop: 'kill',
  },
  'one that leaves, another one, and one that joins': {
    processes: [{ leavesAfter: 3000 }, {}, { joinsAfter: 3000 }],
    stop: 'pause',
    life: 3000,
    from: 1500,
    until: 3000,
    interruptions: 1,
  },
}

describe('MongoDB: processes that share a duty, in every order', function () {
  this.timeout(600_000)
  for (const [title, { processes, ...small }] of Object.entries(CASES))
    it(`${title}`, async () => {
      const { turns, states } = await everyStop(() => processesWith(processes), small)
      expect(turns).to.be.greaterThan(10)
      expect(states).to.be.greaterThan(5000)
    })
})
