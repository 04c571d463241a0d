import { expect } from 'chai'
import { LRUCache } from 'lru-cache'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { Projection } from '../../../broker/core/query/ast.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { notifiedJoiner } from '../../../broker/operations/entities/join-notified.ts'
import type { Fragment } from '../../../broker/operations/entities/read-dependencies.ts'
import { openSqliteStore, type SqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import {
  notificationWriter,
  type WriteNotification,
} from '../../../broker/subscriptions/notify/write-notification.ts'
import type { Subscription } from '../../../broker/subscriptions/subscription.ts'
import { put } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'
import { entity, ID, iri, NOW, stored } from '../merge/build.ts'
import { changed, notice, open, subscription } from './notices.ts'

const CITY = 'urn:ngsi-ld:City:1'
const HIDDEN = 'urn:ngsi-ld:City:2'
const at = (object: string) => ({ ...stored(object), kind: 'Relationship' as const })
const city = { types: [iri('City')] }

const some: View = {
  ...open,
  id: 'some',
  unrestricted: false,
  admits: ({ id }) => id !== HIDDEN,
  treatment: (_, attribute) => (attribute === iri('mayor') ? 'absent' : 'clear'),
}

describe('4.5.23 Linked entities in a notification', () => {
  let store: SqliteStore
  let write: WriteNotification
  before(async () => {
    store = await openSqliteStore({ directory: temporaryFolder() })
    await store.commit(DEFAULT_TENANT, [
      put(entity({ name: [stored('Phổ Yên')], mayor: [stored('A')] }, { id: CITY, ...city })),
      put(entity({ name: [stored('Sông Công')] }, { id: HIDDEN, ...city })),
    ])
    const fragments = new LRUCache<string, Fragment>({ max: 100 })
    const limits = { maxJoined: 100, maxPageBytes: 1e6 }
    write = notificationWriter({
      joinLinked: notifiedJoiner({ store, clock: () => NOW, fragments, ...limits }),
      templates: { fill: () => Promise.reject(new Error('No template is filled here')) },
    })
  })
  after(() => store.close())

  const update = changed({ at: [at(CITY)], speed: [stored(1)] }, { at: [at(CITY)], speed: [stored(2)] })

  async function data(more: Partial<Subscription>, change = update): Promise<readonly JsonObject[]> {
    const message = await write(notice([change], subscription(more), { view: some }))
    return JSON.parse(message?.body ?? '').data
  }

  const own = { id: ID, type: 'Station', speed: { type: 'Property', value: 2 } }
  const linked = { id: CITY, type: 'City', name: { type: 'Property', value: 'Phổ Yên' } }

  it('come after the others, as the subscriber sees them', async () => {
    expect(await data({ join: { mode: 'flat', level: 1 } })).to.deep.equal([
      { ...own, at: { type: 'Relationship', object: CITY } },
      linked,
    ])
  })

  it('come inside the relationship', async () => {
    expect(await data({ join: { mode: 'inline', level: 1 } })).to.deep.equal([
      { ...own, at: { type: 'Relationship', object: CITY, entity: linked } },
    ])
    const simplified = await data({ join: { mode: 'inline', level: 1 }, options: { format: 'simplified' } })
    expect(simplified[0]?.at).to.deep.equal({ id: CITY, type: 'City', name: 'Phổ Yên' })
  })

  it('keep of them what the projection nests', async () => {
    const ids: Projection = { members: new Set(['id']), attributes: new Map() }
    const pick: Projection = { members: new Set(['id']), attributes: new Map([[iri('at'), ids]]) }
    const options = { format: 'normalized', pick } as const
    expect(await data({ join: { mode: 'inline', level: 1 }, options })).to.deep.equal([
      { id: ID, at: { type: 'Relationship', object: CITY, entity: { id: CITY } } },
    ])
  })

  it('are left out when they are not for the subscriber, or not linked to any more', async () => {
    const join = { mode: 'inline', level: 1 } as const
    const hidden = changed({ at: [at(CITY)] }, { at: [at(HIDDEN)] })
    expect((await data({ join }, hidden))[0]?.at).to.deep.equal({ type: 'Relationship', object: HIDDEN })
    const gone = changed({ at: [at(CITY)] }, {})
    for (const showChanges of [true, false]) {
      const [told] = await data({ join, showChanges }, gone)
      expect(told?.at).to.include({ type: 'Relationship', object: 'urn:ngsi-ld:null' })
      expect(told?.at).to.not.have.property('entity')
    }
  })

  it('come as features beside features', async () => {
    const of = subscription({ join: { mode: 'flat', level: 1 } }, { accept: 'application/geo+json' })
    const message = await write(notice([update], of, { view: some }))
    const { features } = JSON.parse(message?.body ?? '').data
    expect(features).to.have.nested.property('1.type', 'Feature')
    expect(features).to.have.nested.property('1.id', CITY)
  })
})
