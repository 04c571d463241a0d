import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import type { NamedStore } from '../../broker/cli/run/move/open-moved.ts'
import { DEFAULT_TENANT, hiddenTenant, parseTenant } from '../../broker/core/model/tenant.ts'
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
const GOING = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map((key) => hiddenTenant(DEFAULT_TENANT, key))
const STAYS = hiddenTenant(DEFAULT_TENANT, 'b1')
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
    const to = join(folder, 'held')
    const hub = await openMongoStore({ url, database })
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
  it('are not missed by it where they are snapshots that go before, between or within its copies', async () => {
    const { url, database, client } = opened
    await client.db(database).dropDatabase()
    const to = join(folder, 'snapshots')
    const hub = await openMongoStore({ url, database })
    for (const tenant of [...GOING, STAYS]) {
      await hub.createHidden(tenant)
      await hub.commit(tenant, [put(entity(FIRST))])
    }
    await moveHub({ from: url, to, database, ahead: true })
    const going = [...GOING]
    const dropOne = async () => {
      const [tenant] = going.splice(0, 1)
      if (tenant) await hub.dropHidden(tenant)
    }
    await dropOne()
    /** One goes behind each list of tenants: that of each copy, and that of what is to be held. */
    const watched = ({ store }: NamedStore): void => {
      const list = store.tenants.bind(store)
      store.tenants = async () => {
        const listed = await list()
        await dropOne()
        return listed
      }
    }
    await moveHub({ from: url, to, database, opened: watched })
    expect(going).to.deep.equal([])
    await hub.close()
    const target = await openSqliteStore({ directory: to })
    expect(await target.hiddenTenants()).to.deep.equal([STAYS])
    expect((await target.read(STAYS, FIRST))?.id).to.equal(FIRST)
    await target.close()
  })
  it('are waited for where a process is still that may have begun to write', async () => {
    const { url, database, client } = opened
    await client.db(database).dropDatabase()
    const to = join(folder, 'waited')
    const hub = await openMongoStore({ url, database })
    // it has versions, which it took before
    hub.known.beAlone()
    await hub.commit(DEFAULT_TENANT, [put(entity(FIRST))])
    const processes = client.db(database).collection<{ _id: string; beat: number }>('processes')
    const late: Promise<void>[] = []
    const watched = ({ store }: NamedStore): void => {
      const isSettled = store.isSettled.bind(store)
      const goOn = async () => {
        await pause(4500)
        await hub.commit(DEFAULT_TENANT, [put(entity(LATE))])
        await processes.updateOne({ _id: 'paused' }, { $inc: { beat: 1 } })
      }
      store.isSettled = async (tenant) => {
        const settled = await isSettled(tenant)
        if (late.length === 0) {
          await processes.insertOne({ _id: 'paused', beat: 7 })
          late.push(goOn())
        }
        return settled
      }
    }
    await moveHub({ from: url, to, database, opened: watched })
    await Promise.all(late)
    await hub.close()
    const target = await openSqliteStore({ directory: to })
    for (const id of [FIRST, LATE]) expect((await target.read(DEFAULT_TENANT, id))?.id).to.equal(id)
    await target.close()
  })
})
