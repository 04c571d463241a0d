import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { toldToOthers } from '../../../broker/main/other-processes.ts'
import type { Store } from '../../../broker/store/port/store.ts'
import { openRestrictedData, RESTRICTION } from '../../../security/privacy/restricted-data.ts'
import { rejection } from '../../support/rejection.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { until } from '../../support/until.ts'

describe('restrictions of several processes', () => {
  const ending = new AbortController()
  let opened: OpenedStore
  let away = false
  const faults: unknown[] = []
  const told: string[] = []
  let ring = (): void => undefined
  const inStep = {
    ending: ending.signal,
    processes: {
      alone: false,
      tell: async (topic: string) => void told.push(topic),
      hear: (_: string, heard: () => void) => {
        ring = heard
      },
    },
    notTaken: (error: unknown) => void faults.push(error),
  }
  const restrict = (id: string) =>
    opened.store.commit(DEFAULT_TENANT, [
      {
        ...{ collection: 'privacy', id: RESTRICTION + id, at: 1, origin: { by: 'test' }, logged: false },
        next: { entities: [{ id: `urn:${id}`, names: [] }] },
      },
    ])
  const open = async () => {
    const documents: Store['documents'] = async (...of) => {
      if (away) throw new Error('Store is away')
      return opened.store.documents(...of)
    }
    const store = { documents, tenants: () => opened.store.tenants() }
    const restricted = toldToOthers(await openRestrictedData(store), 'restrictions', inStep)
    return {
      ...restricted,
      entities: () =>
        restricted
          .current()
          ?.of(DEFAULT_TENANT)
          .map(({ entity }) => entity),
    }
  }

  beforeEach(async () => {
    opened = await SQLITE.open()
    away = false
    faults.length = 0
    told.length = 0
  })
  afterEach(() => opened.close())
  after(() => ending.abort())

  it('are taken over as soon as the store is there again, where it was away when they were told of', async () => {
    const restricted = await open()
    await restrict('a')
    away = true
    ring()
    await until('the fault', () => faults.length > 0)
    away = false
    await until('the restriction', () => restricted.entities()?.includes('urn:a') === true)
  })

  it('are told to the others, and hold here too, where they cannot be read at once', async () => {
    const restricted = await open()
    await restrict('b')
    away = true
    expect(await rejection(restricted.load())).to.be.instanceOf(Error)
    expect(told).to.deep.equal(['restrictions'])
    away = false
    await until('the restriction', () => restricted.entities()?.includes('urn:b') === true)
  })
})
