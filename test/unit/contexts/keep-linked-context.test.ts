import { expect } from 'chai'
import { type ContextService, createContextService } from '../../../broker/contexts/context-service.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { keepLinkedContext } from '../../../broker/operations/contexts/keep-linked-context.ts'
import type { StoredDocument } from '../../../broker/store/port/store.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { loopbackEgress } from './loopback-egress.ts'

const DAY = 86_400_000_000
const START = 1_760_000_000_000_000
const INLINE = { speed: 'https://example.org/speed' }

describe('5.13.1 contexts that answers link to', () => {
  let opened: OpenedStore
  let contexts: ContextService
  let now = START
  const clock = (): number => now

  beforeEach(async () => {
    now = START
    opened = await SQLITE.open(clock)
    contexts = service()
  })
  afterEach(() => opened.close())

  const service = (): ContextService =>
    createContextService({
      egress: loopbackEgress,
      publicUrl: 'https://hub.example',
      clock,
      store: opened.store,
    })
  const stored = (): Promise<readonly StoredDocument[]> =>
    opened.store.documents(DEFAULT_TENANT, 'context', { limit: 2000 })
  const keeping = () => {
    const keep = keepLinkedContext({ store: opened.store, contexts, clock })
    return async (source: JsonValue) => keep(DEFAULT_TENANT, await contexts.resolve(source))
  }

  it('are kept once, and resolve in another process', async () => {
    const keep = keeping()
    await keep(INLINE)
    const [first] = await stored()
    now += DAY
    await keep(INLINE)
    expect(await stored()).to.deep.equal([first])
    const { url } = await contexts.resolve(INLINE)
    expect((await service().resolve(url)).expand('speed')).to.equal(INLINE.speed)
  })

  it('are kept thirty days from their last use, under the time of their first', async () => {
    const keep = keeping()
    await keep(INLINE)
    const [first] = await stored()
    now = START + 16 * DAY
    await keep(INLINE)
    now = START + 45 * DAY
    const [renewed] = await stored()
    expect(renewed?.document).to.include({ createdAt: first?.document.createdAt, kind: 'ImplicitlyCreated' })
    now = START + 46 * DAY
    expect(await stored()).to.deep.equal([])
  })

  it('leave no trace in the log and are not kept when they have a URL of their own', async () => {
    const keep = keeping()
    await keep(INLINE)
    expect(await opened.store.log(DEFAULT_TENANT, 0, 10)).to.deep.equal([])
    const [one] = await stored()
    const own = contexts.urlOf(one?.id ?? '')
    for (const source of [own, [own], []]) await keep(source)
    expect(await stored()).to.have.length(1)
  })

  it('are not kept without end', async () => {
    const keep = keeping()
    const each = (count: number): JsonValue => ({ speed: `https://example.org/${count}` })
    // together as far as there is room in any case
    await Promise.all(Array.from({ length: 900 }, (_, count) => keep(each(count))))
    for (let count = 900; count < 1010; count++) await keep(each(count))
    expect(await stored()).to.have.length(1000)
  })
})

describe('5.13.5 contexts that are dropped while they are read', () => {
  it('are read again by the next request', async () => {
    let answer = (): void => undefined
    let asked = 0
    const contexts = createContextService({
      egress: {
        request: async () => {
          asked += 1
          if (asked === 1) await new Promise<void>((done) => (answer = done))
          const context = { speed: `https://example.org/${asked}` }
          return { status: 200, headers: {}, body: JSON.stringify({ '@context': context }) }
        },
        close: async () => undefined,
      },
      publicUrl: 'https://hub.example',
      clock: () => START,
    })
    const url = 'https://contexts.example/slow'
    const first = contexts.resolve(url)
    await contexts.reload(url)
    const second = await contexts.resolve(url)
    answer()
    await first
    expect((await contexts.resolve(url)).expand('speed')).to.equal('https://example.org/2')
    expect(second.expand('speed')).to.equal('https://example.org/2')
    contexts.drop(url)
    expect((await contexts.resolve(url)).expand('speed')).to.equal('https://example.org/3')
    expect(asked).to.equal(3)
  })
})
