import { expect } from 'chai'
import { createEntity } from '../../../broker/core/merge/create-entity.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { idempotentRoute } from '../../../broker/http/idempotent-route.ts'
import type { HubRequest, Route } from '../../../broker/http/route.ts'
import { onlyOnce } from '../../../broker/operations/idempotency/only-once.ts'
import { change } from '../../../broker/store/port/change.ts'
import { TYPE } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { anyone, table } from '../federation/support.ts'

describe('Idempotency-Key of a creation that other hubs have a part in', () => {
  let opened: OpenedStore
  before(async () => {
    opened = await SQLITE.open()
  })
  after(() => opened.close())

  const id = 'urn:b:1'
  const request: HubRequest = {
    method: 'POST',
    path: '/ngsi-ld/v1/entities',
    params: {},
    query: new URLSearchParams(),
    headers: { 'idempotency-key': 'once' },
    caller: anyone,
    tenant: DEFAULT_TENANT,
    requestId: 'r1',
    origin: { by: 'tester', requestId: 'r1' },
    accept: 'application/json',
    table: async () => table,
  }

  it('is taken up where it was cut off: this hub’s part is done, the others are asked', async () => {
    const seen: (readonly string[] | undefined)[] = []
    const route: Route = {
      method: 'POST',
      path: '/ngsi-ld/v1/entities',
      body: 'ld',
      idempotent: 'entity',
      handle: async ({ origin, carriedOut }) => {
        seen.push(carriedOut)
        if (carriedOut) return { status: 207, body: { success: [id], errors: [] } }
        const target = { tenant: DEFAULT_TENANT, id, origin }
        await change(opened.store, target, (current) =>
          createEntity(current, { id, types: [TYPE], attributes: {} }, Date.now() * 1000),
        )
        throw new Error('The power went between the commit and the sources')
      },
    }
    const once = onlyOnce({
      store: opened.store,
      clock: () => Date.now() * 1000,
      secret: Buffer.from('secret'),
      alone: true,
      maxKeys: 10,
      lifetime: 3_600_000_000,
    })
    const { handle } = idempotentRoute(route, once)
    await handle(request).catch(() => undefined)
    const answer = await handle(request)
    expect([answer.status, answer.headers]).to.deep.equal([207, undefined])
    expect((await handle(request)).headers).to.deep.equal({ 'Hub-Idempotent-Replay': 'true' })
    expect(seen).to.deep.equal([undefined, [id]])
  })
})
