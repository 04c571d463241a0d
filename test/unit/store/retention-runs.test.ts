import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant, type Tenant } from '../../../broker/core/model/tenant.ts'
import { RetentionRuns } from '../../../broker/store/port/retention-runs.ts'
import { rejection } from '../../support/rejection.ts'

const [FAILS, OTHER] = [parseTenant('fails'), parseTenant('other')]

describe('Runs that remove what is kept no longer', () => {
  const runs = (rules: readonly object[], seen: string[]) =>
    new RetentionRuns<number>({
      clock: () => 0,
      rules: () => rules,
      tenants: () => [FAILS, DEFAULT_TENANT, OTHER],
      step: async (tenant: Tenant, { after = 0 }) => {
        seen.push(`${tenant} ${after}`)
        if (tenant === FAILS) throw new Error('disk is full')
        return after < 2 ? after + 1 : undefined
      },
    })

  it('go on where the step before ended, tenant by tenant, also behind one that fails', async () => {
    const seen: string[] = []
    const error = await rejection(runs([{ instances: 1 }], seen).run())
    expect(seen).to.deep.equal(['fails 0', ' 0', ' 1', ' 2', 'other 0', 'other 1', 'other 2'])
    expect(String(error)).to.include('disk is full')
  })

  it('look at nothing as long as no rule is known', async () => {
    const seen: string[] = []
    await runs([], seen).run()
    expect(seen).to.deep.equal([])
  })

  it('end between two steps when they are closed', async () => {
    const seen: string[] = []
    const running = runs([{ instances: 1 }], seen)
    const run = running.run(1).catch(() => {})
    await running.close()
    await run
    expect(seen.length).to.be.below(3)
  })
})
