import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { DEFAULT_TENANT, hiddenTenant } from '../../broker/core/model/tenant.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { type OpenedCollections, openCollections } from '../support/mongo-collections.ts'
import { missingMongo } from '../support/mongodb-server.ts'
import { moveHub } from '../support/move-hub.ts'
import { entity, put } from '../support/store-builders.ts'
import { temporaryFolder } from '../support/stores.ts'

const [GONE, STAYS] = [hiddenTenant(DEFAULT_TENANT, 'a1'), hiddenTenant(DEFAULT_TENANT, 'b2')]
const missing = missingMongo()

describe(`snapshots of a hub that is moved${missing === undefined ? '' : ` SKIPPED: ${missing}`}`, () => {
  if (missing !== undefined) return
  const folder = temporaryFolder()
  const directory = join(folder, 'first')
  let opened: OpenedCollections
  before(async () => {
    opened = await openCollections('moving')
  })
  after(async () => {
    await opened.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('take along what stays, and leave nothing of what goes between two copies', async () => {
    const { url, database } = opened
    const source = await openSqliteStore({ directory })
    for (const tenant of [GONE, STAYS]) {
      await source.createHidden(tenant)
      await source.commit(tenant, [put(entity(`urn:t:of-${tenant}`))])
    }
    await moveHub({ from: directory, to: url, database, ahead: true })
    await source.dropHidden(GONE)
    await moveHub({ from: directory, to: url, database })
    await source.close()
    const target = await openMongoStore({ url, database })
    expect(await target.hiddenTenants()).to.deep.equal([STAYS])
    expect((await target.read(STAYS, `urn:t:of-${STAYS}`))?.id).to.equal(`urn:t:of-${STAYS}`)
    await target.close()
    const names = await opened.client.db(database).listCollections({}, { nameOnly: true }).toArray()
    expect(names.filter(({ name }) => name.includes('a1~'))).to.deep.equal([])
  })
})
