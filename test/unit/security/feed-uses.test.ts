import { expect } from 'chai'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { openDeclaredUses } from '../../../security/privacy/feed-uses.ts'
import { document, NOW } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'

describe('uses that feeds declare', () => {
  let opened: OpenedStore
  before(async () => {
    opened = await SQLITE.open(() => NOW)
  })
  after(() => opened.close())
  const save = (state: JsonObject) =>
    opened.store.commit(DEFAULT_TENANT, [
      document('feed:hotline', state, { collection: 'feed', logged: false }),
    ])
  const definition = (purpose: string): JsonObject => ({
    source: 'urn:ngsi-ld:Feed:hotline',
    use: { purposes: [purpose], types: ['ServiceRequest'] },
  })

  it('are taken over where another process kept others, and are the same where a feed only went on', async () => {
    const uses = await openDeclaredUses(opened.store)
    expect(uses.current()).to.equal(undefined)
    await save({ definition: definition('repair') })
    await uses.load()
    const current = uses.current()
    const purposes = () =>
      uses
        .current()
        ?.of(DEFAULT_TENANT)
        .map((use) => [...use.purposes])
    expect(purposes()).to.deep.equal([['repair']])
    await save({ definition: definition('repair'), lastRun: { input: 'x.json' } })
    await uses.load()
    expect(uses.current()).to.equal(current)
    await save({ definition: definition('research') })
    await uses.load()
    expect(purposes()).to.deep.equal([['research']])
    expect(uses.current()?.generation).to.be.greaterThan(current?.generation ?? Number.NaN)
  })
})
