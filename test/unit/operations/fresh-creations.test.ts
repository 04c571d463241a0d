import { expect } from 'chai'
import { createEntity } from '../../../broker/core/merge/create-entity.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { change } from '../../../broker/store/port/change.ts'
import type { Store } from '../../../broker/store/port/store.ts'
import { rejection } from '../../support/rejection.ts'
import { entity, PM10, put, TYPE } from '../../support/store-builders.ts'
import { SQLITE } from '../../support/stores.ts'

const ORIGIN = { by: 'tester' }

describe('5.6.1 Create Entity: without looking first', () => {
  const id = 'urn:ngsi-ld:T:fresh'
  const fragment = { id, types: [TYPE], attributes: { [PM10]: [{ kind: 'Property', value: 1 }] } } as const
  const create = (store: Store, as = fragment) =>
    change(store, { tenant: DEFAULT_TENANT, id, origin: ORIGIN, fresh: true }, (current) =>
      createEntity(current, as, Date.now() * 1000),
    )

  it('creates what is absent without a read, and refuses what is there for what it is', async () => {
    const { store, close } = await SQLITE.open()
    let reads = 0
    const read = store.read.bind(store)
    store.read = (...place) => {
      reads++
      return read(...place)
    }
    await create(store)
    expect(reads).to.equal(0)
    expect(await rejection(create(store))).to.have.property('code', 'AlreadyExists')
    expect(reads).to.equal(1)
    await close()
  })

  it('judges a refusal again on what is there', async () => {
    const { store, close } = await SQLITE.open()
    await store.commit(DEFAULT_TENANT, [put(entity(id))])
    const seen: boolean[] = []
    const target = { tenant: DEFAULT_TENANT, id, origin: ORIGIN, fresh: true }
    const error = await rejection(
      change(store, target, (current) => {
        seen.push(current !== undefined)
        throw new Error(current ? 'there' : 'absent')
      }),
    )
    expect(String(error)).to.contain('there')
    expect(seen).to.deep.equal([false, true])
    await close()
  })

  it('lets one of many at once create, and tells the others', async () => {
    const { store, close } = await SQLITE.open()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => rejection(create(store))))
    const refused = outcomes.filter((outcome) => outcome !== undefined)
    expect(refused.length).to.equal(19)
    for (const error of refused) expect(error).to.have.property('code', 'AlreadyExists')
    await close()
  })
})
