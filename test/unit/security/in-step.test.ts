import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { toldForgetting, toldKeys, toldToOthers } from '../../../broker/main/in-step.ts'
import type { Store } from '../../../broker/store/port/store.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import {
  createIdentityProvider,
  type IdentityProvider,
} from '../../../security/identity/identity-provider.ts'
import { openRestrictedData, RESTRICTION } from '../../../security/privacy/restricted-data.ts'
import { rejection } from '../../support/rejection.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { toldProcesses } from '../../support/told-processes.ts'
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

describe('signing keys of several processes', () => {
  it('are good at none of them once they are taken back at one', async () => {
    const { store, close } = await SQLITE.open()
    const egress = createEgress({ mode: 'open', allowedOrigins: [] })
    const joined = toldProcesses()
    const start = async (): Promise<IdentityProvider> => {
      const provider = await createIdentityProvider({
        ...{ store, egress, issuer: 'https://hub.example.org/oidc', name: 'hub', resource: 'urn:hub' },
        ...{ accounts: [], clients: [], secret: Buffer.alloc(32, 7), keyDays: 90 },
        lifetimes: { session: 3600, idle: 3600, offline: 3600 },
        clock: () => Date.now() * 1000,
        revocations: { revoke: async () => undefined },
        verify: () => Promise.reject(new Error('is none')),
      })
      return toldKeys(provider, {
        processes: joined(),
        ending: new AbortController().signal,
        notTaken: (error) => expect.fail(String(error)),
      })
    }
    const ids = ({ keys }: IdentityProvider) => keys().keys.map(({ kid }) => kid)
    const [one, other] = [await start(), await start()]
    expect(ids(other)).to.deep.equal(ids(one))
    const stolen = ids(one)
    await one.rotateKeys({ withdraw: true })
    await until('the new keys', () => ids(other).every((kid) => !stolen.includes(kid)))
    expect(ids(other)).to.deep.equal(ids(one))
    await egress.close()
    await close()
  })
})

describe('answers of several processes', () => {
  it('are forgotten by all of them where one erases somebody', () => {
    const joined = toldProcesses()
    const memories = [new Map([['urn:a', 'hers']]), new Map([['urn:a', 'hers']])]
    const [forget] = memories.map((memory) =>
      toldForgetting(() => memory.clear(), {
        processes: joined(),
        ending: new AbortController().signal,
        notTaken: (error) => expect.fail(String(error)),
      }),
    )
    forget?.()
    expect(memories.map(({ size }) => size)).to.deep.equal([0, 0])
  })
})
