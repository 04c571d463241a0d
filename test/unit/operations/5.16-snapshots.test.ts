import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { startSnapshot } from '../../../broker/operations/snapshots/create-snapshot.ts'
import { deleteSnapshot } from '../../../broker/operations/snapshots/delete-snapshot.ts'
import { findSnapshot } from '../../../broker/operations/snapshots/keep-snapshot.ts'
import { createPreparations } from '../../../broker/operations/snapshots/prepare-snapshots.ts'
import { LEASE } from '../../../broker/operations/snapshots/snapshot.ts'
import { sweepSnapshots } from '../../../broker/operations/snapshots/sweep-snapshots.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'
import { entity, NOW } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { until } from '../../support/until.ts'

const COMMAND = { caller: OPEN_CALLER, tenant: DEFAULT_TENANT, origin: { by: 'test' }, id: 'urn:snapshot:1' }

describe('5.16.1 Create Snapshot', () => {
  let opened: OpenedStore
  let now = NOW
  const clock = () => now
  const failures: unknown[] = []
  beforeEach(async () => {
    opened = await SQLITE.open(clock)
  })
  afterEach(async () => {
    await opened.close()
    expect(failures.splice(0)).to.deep.equal([])
  })

  /** Starts a snapshot whose entities come as slowly as the test lets them. */
  function start(...parts: readonly (() => AsyncIterable<ReturnType<typeof entity>>)[]) {
    const { store } = opened
    const preparations = createPreparations({
      store,
      clock,
      maxEntities: 3,
      ready: () => undefined,
      failed: (error) => void failures.push(error),
    })
    const dependencies = { store, clock, preparations, newId: () => COMMAND.id }
    return {
      preparations,
      started: startSnapshot(dependencies, { ...COMMAND, given: {} }, { parts }),
    }
  }
  const status = async () => (await findSnapshot({ store: opened.store, clock }, COMMAND)).status

  /** Something that happens when the test says so. */
  function gate() {
    let open = (): void => undefined
    const passed = new Promise<void>((resolve) => {
      open = resolve
    })
    return { open: () => open(), passed }
  }

  it('failed once nobody has gone on preparing it for a while, and what there was of it is swept away', async () => {
    const { store } = opened
    const { open, passed } = gate()
    const { preparations, started } = start(async function* () {
      yield entity('urn:e:1')
      await passed
    })
    await started
    expect(await status()).to.equal('preparing')
    await sweepSnapshots({ store, clock })
    expect(await store.hiddenTenants()).to.have.length(1)
    now += LEASE // as after a crash: nobody renews
    expect(await status()).to.equal('failure')
    await sweepSnapshots({ store, clock })
    expect(await store.hiddenTenants()).to.deep.equal([])
    const stopped = preparations.stop()
    open()
    await stopped
  })

  it('stays failed once it was given up, though its preparation comes to an end after all', async () => {
    const { store } = opened
    const { open, passed } = gate()
    const { preparations, started } = start(async function* () {
      await passed
      yield* []
    })
    await started
    now += LEASE
    await sweepSnapshots({ store, clock })
    now -= LEASE // as where the clock that said so was ahead
    expect(await status()).to.equal('failure')
    const behind = gate()
    preparations.start({
      command: { ...COMMAND, id: 'urn:snapshot:2' },
      snapshot: { ...(await findSnapshot({ store, clock }, COMMAND)), key: '2' },
      parts: [
        async function* () {
          behind.open()
          yield* []
        },
      ],
    })
    open()
    await behind.passed // one is prepared after the other
    await preparations.stop()
    expect(await status()).to.equal('failure')
    expect(await store.hiddenTenants()).to.deep.equal([])
  })

  it('is not brought back by its preparation when it is deleted meanwhile', async () => {
    const { store } = opened
    const { open, passed } = gate()
    const { preparations, started } = start(async function* () {
      yield entity('urn:e:1')
      await passed
    })
    await started
    await deleteSnapshot({ store, clock })(COMMAND)
    open()
    await until('the preparation to end', async () => (await store.hiddenTenants()).length === 0)
    await preparations.stop()
    expect(await status().catch(({ code }) => code)).to.equal('ResourceNotFound')
    expect(await store.hiddenTenants()).to.deep.equal([])
  })

  it('has room for so many entities only, and keeps none of a query that has more', async () => {
    const { store } = opened
    const walk = (from: number, to: number) =>
      async function* () {
        for (let at = from; at < to; at++) yield entity(`urn:e:${at}`)
      }
    const { preparations, started } = start(walk(0, 2), walk(2, 5), walk(2, 3))
    await started
    await until('it to be ready', async () => (await status()) !== 'preparing')
    const { results } = await findSnapshot({ store, clock }, COMMAND)
    expect(results.map(({ status: each, problem }) => [each, problem?.code])).to.deep.equal([
      ['success', undefined],
      ['failure', 'TooManyResults'],
      ['success', undefined],
    ])
    const [content = DEFAULT_TENANT] = await store.hiddenTenants()
    const { rows } = await store.query(content, { query: {}, limit: 9, maxRows: 99 })
    expect(rows.map(({ id }) => id)).to.deep.equal([0, 1, 2].map((at) => `urn:e:${at}`))
    await preparations.stop()
  })

  it('stopped half way leaves nothing that looks whole', async () => {
    const { open, passed } = gate()
    const { preparations, started } = start(async function* () {
      yield entity('urn:e:1')
      await passed
    })
    await started
    const stopped = preparations.stop()
    open()
    await stopped
    expect(await status()).to.equal('preparing')
    now += LEASE
    expect(await status()).to.equal('failure')
  })
})
