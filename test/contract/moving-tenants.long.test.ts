import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import type { NamedStore } from '../../broker/cli/run/move/open-moved.ts'
import { DEFAULT_TENANT, parseTenant } from '../../broker/core/model/tenant.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { type OpenedCollections, openCollections } from '../support/mongo-collections.ts'
import { missingMongo } from '../support/mongodb-server.ts'
import { moveHub } from '../support/move-hub.ts'
import { rejection } from '../support/rejection.ts'
import { entity, put } from '../support/store-builders.ts'
import { temporaryFolder } from '../support/stores.ts'

const [FIRST, LATE] = ['urn:t:1', 'urn:t:2']
const CITY = parseTenant('city')
const missing = missingMongo()

describe(`tenants while a hub is moved from MongoDB${missing === undefined ? '' : ` SKIPPED: ${missing}`}`, () => {
  if (missing !== undefined) return
  const folder = temporaryFolder()
  let opened: OpenedCollections
  before(async () => {
    opened = await openCollections('moving-tenants')
  })
  after(async () => {
    await opened.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are all held and copied, also one that a process was creating when all others were held', async () => {
    const { url, database } = opened
    const hub = await openMongoStore({ url, database })
    const to = join(folder, 'target')
    const late: Promise<void>[] = []
    /** A process that had looked before it was held goes on. */
    const watched = ({ store }: NamedStore): void => {
      const isSettled = store.isSettled.bind(store)
      const goOn = async () => {
        await pause(500)
        await store.createTenant(CITY)
        await hub.commit(CITY, [put(entity(FIRST))])
      }
      store.isSettled = async (tenant) => {
        if (tenant === DEFAULT_TENANT) late.push(goOn())
        return isSettled(tenant)
      }
    }
    await moveHub({ from: url, to, database, opened: watched })
    await Promise.all(late)
    expect(await rejection(hub.commit(CITY, [put(entity(LATE))]))).to.include({ code: 'ServiceUnavailable' })
    await hub.close()
    const target = await openSqliteStore({ directory: to })
    expect(await target.tenants()).to.have.members([DEFAULT_TENANT, CITY])
    expect((await target.read(CITY, FIRST))?.id).to.equal(FIRST)
    await target.close()
  })
})
