import { expect } from 'chai'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import type { LogPosition } from '../../../broker/operations/changes/log-position.ts'
import { readChanges, type ToldChange } from '../../../broker/operations/changes/read-changes.ts'
import { streamPlaces } from '../../../broker/operations/changes/stream-places.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'
import { entity, NOW, put } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { tableOf } from '../context/terms.ts'

const blind: View = {
  ...OPEN_CALLER.view(DEFAULT_TENANT),
  id: 'blind',
  unrestricted: false,
  admits: () => false,
}

describe('readChanges: for somebody who sees nothing of a lot', () => {
  const HIDDEN = 5200
  let opened: OpenedStore
  before(async () => {
    opened = await SQLITE.open()
    await opened.store.commit(
      DEFAULT_TENANT,
      Array.from({ length: HIDDEN }, (_, at) => put(entity(`urn:hidden:${at}`))),
    )
  })
  after(() => opened.close())

  /** Reads with a clock that goes on by so much whenever it is looked at. */
  function reader(tick: number, beginning: 'earliest' | LogPosition = 'earliest') {
    let now = NOW
    let looked = 0
    const places = streamPlaces({ most: 1, mostOfCaller: 1 })
    const clock = () => {
      now += tick
      return now
    }
    const log: OpenedStore['store']['log'] = async (...asked) => {
      const page = await opened.store.log(...asked)
      looked += page.length
      return page
    }
    const begin = readChanges({
      store: { log, logEnd: (tenant) => opened.store.logEnd(tenant) },
      ...{ clock, places, retention: 0, maxLength: 1_000_000, engine: createGeometryEngine() },
      wait: () => Promise.reject(new Error('nothing is waited for')),
    })
    const read = async () =>
      (
        await begin({
          ...{ caller: { ...OPEN_CALLER, view: () => blind }, tenant: DEFAULT_TENANT },
          ...{
            origin: { by: 'tester' },
            selection: { collections: new Set(['entity'] as const), query: {} },
          },
          ...{ table: tableOf(), options: { format: 'simplified' as const } },
          ...{ beginning, limit: 100, waitMilliseconds: 0 },
        })
      )(new AbortController().signal)
    return { read, looked: () => looked }
  }
  const all = async (answer: AsyncGenerator<ToldChange>) => {
    const told: ToldChange[] = []
    for await (const change of answer) told.push(change)
    return told
  }

  it('ends after a part of them, with a place to go on from', async () => {
    const { read, looked } = reader(0)
    const [end, ...others] = await all(await read())
    expect(others).to.deep.equal([])
    expect(end).to.deep.include({ more: true }).and.not.to.have.property('text')
    expect(looked()).to.equal(5000)
    const [rest] = await all(await reader(0, end?.position).read())
    expect(rest).not.to.have.property('more')
  })

  it('ends after a time, wherever it is then', async () => {
    const { read, looked } = reader(50_000)
    expect((await all(await read()))[0]).to.include({ more: true })
    expect(looked()).to.be.above(0).and.below(1000)
  })

  it('takes a place, though it does not wait, and gives it back', async () => {
    const { read } = reader(50_000)
    const [first, second] = [await read(), await read()]
    await first.next()
    const refusal = await second.next().catch((error: unknown) => error)
    expect(refusal).to.be.instanceOf(Problem).and.to.include({ code: 'TooManyRequests' })
    await all(first)
    expect(await all(await read())).to.have.length(1)
  })

  it('lets others have their turn in between', async () => {
    const { read } = reader(0)
    let turns = 0
    let isOver = false
    const turn = (): void => {
      turns++
      if (!isOver) setImmediate(turn)
    }
    setImmediate(turn)
    await all(await read())
    isOver = true
    expect(turns).to.be.at.least(49)
  })
})
