import { expect } from 'chai'
import type { Caller } from '../../../broker/core/model/caller.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { limitedExports } from '../../../broker/operations/limited-exports.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'

async function* letters(): AsyncGenerator<string> {
  yield* ['a', 'b', 'c']
}

describe('Exports that run while policies change', () => {
  it('tell no more as soon as their caller sees something else', async () => {
    let id = 'before'
    const caller: Caller = { ...OPEN_CALLER, view: (tenant) => ({ ...OPEN_CALLER.view(tenant), id }) }
    const told: string[] = []
    try {
      for await (const letter of limitedExports(1)({ caller, tenant: DEFAULT_TENANT }, letters)) {
        told.push(letter)
        if (letter === 'b') id = 'after'
      }
      expect.fail('the export goes on')
    } catch (error) {
      expect(error).to.be.instanceOf(Problem).with.property('code', 'Forbidden')
    }
    expect(told).to.deep.equal(['a', 'b'])
  })

  it('have room again behind one that was broken off', async () => {
    const exports = limitedExports(1)
    const command = { caller: OPEN_CALLER, tenant: DEFAULT_TENANT }
    for await (const letter of exports(command, letters)) if (letter === 'a') break
    const told: string[] = []
    for await (const letter of exports(command, letters)) told.push(letter)
    expect(told).to.deep.equal(['a', 'b', 'c'])
  })
})
