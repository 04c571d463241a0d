import { expect } from 'chai'
import { at, between, EVOLUTIONS, minuteOf, provide, values } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'

describe('hub: erasure of history', () => {
  let hub: TestHub
  let numbers = 0
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const newId = () => `urn:t:erased-${++numbers}`
  const erase = (search: string) => hub.send(`/hub/v1/history?${search}`, { method: 'DELETE' })
  const made = async (type: string, ...members: readonly object[]) => {
    const id = newId()
    await provide(hub, Object.assign({ id, type }, ...members))
    return id
  }
  const levels = (name = 'level') => ({ [name]: [0, 1, 2, 3].map((minute) => at(minute, minute)) })
  const timesOf = async (id: string, name = 'level') =>
    ((await values(hub, id, name)) as readonly (readonly unknown[])[] | undefined)?.map(([value]) => value)

  it('takes a time of an entity, and says how much that was', async () => {
    const id = await made('Thing', levels(), levels('depth'))
    const answer = await erase(`id=${id}&${between(1, 3)}`)
    expect(answer.status, answer.text).to.equal(200)
    expect(answer.body).to.deep.equal({ entities: 1, instances: 4, refused: 0 })
    expect(await timesOf(id)).to.deep.equal([0, 3])
    expect((await erase(`id=${id}&${between(1, 3)}`)).body).to.include({ instances: 0 })
    expect(
      (await hub.send(`${EVOLUTIONS}/${id}?aggrMethods=sum&format=aggregatedValues`)).body.level.sum[0][0],
    ).to.equal(3)
  })

  it('takes attributes and datasets that are named, and no others', async () => {
    const id = await made('Thing', levels(), levels('depth'), {
      width: [at(1, 1), at(1, 2, { datasetId: 'urn:d:1' })],
    })
    expect(
      (await erase(`id=${id}&attrs=level,width&datasetId=@none&timerel=after&timeAt=${minuteOf(1)}`)).body,
    ).to.include({
      instances: 4,
    })
    expect(await timesOf(id)).to.deep.equal([0])
    expect(await timesOf(id, 'depth')).to.deep.equal([0, 1, 2, 3])
    expect(await timesOf(id, 'width')).to.deep.equal([2])
  })

  it('takes all of an entity that is named, what it is now stays', async () => {
    const id = newId()
    await hub.send(ENTITIES, { method: 'POST', body: { id, type: 'Thing', level: at(1, 'old') } })
    await hub.send(`${ENTITIES}/${id}/attrs`, { method: 'PATCH', body: { level: at(2, 'now') } })
    expect((await erase(`id=${id}&all=true`)).body).to.deep.equal({ entities: 1, instances: 2, refused: 0 })
    expect((await hub.send(`${EVOLUTIONS}/${id}`)).status).to.equal(404)
    expect((await hub.send(`${ENTITIES}/${id}`)).body.level.value).to.equal('now')
  })

  it('takes a time of every entity of a type', async () => {
    const ids = [await made('Counted', levels()), await made('Counted', levels())]
    const other = await made('Other', levels())
    expect((await erase(`type=Counted&timerel=before&timeAt=${minuteOf(3)}`)).body).to.deep.equal({
      entities: 2,
      instances: 6,
      refused: 0,
    })
    for (const id of ids) expect(await timesOf(id)).to.deep.equal([3])
    expect(await timesOf(other)).to.deep.equal([0, 1, 2, 3])
    expect((await erase(`type=Counted&id=${other}&attrs=level`)).body).to.include({ entities: 0 })
    expect((await erase('type=Counted&all=true')).body).to.include({ entities: 2, instances: 2 })
    for (const id of ids) expect((await hub.send(`${EVOLUTIONS}/${id}`)).status).to.equal(404)
  })

  it('counts nothing of what was never there', async () => {
    expect((await erase('id=urn:t:never&all=true')).body).to.deep.equal({
      entities: 0,
      instances: 0,
      refused: 0,
    })
  })

  for (const [search, why] of [
    ['', 'no entities'],
    [between(1, 2), 'no entities'],
    ['all=true', 'no entities'],
    ['id=urn:t:1', 'all history'],
    ['id=urn:t:1&all=false', 'all history'],
    ['id=urn:t:1&attrs=', 'all history'],
    ['type=Thing', 'all history'],
    ['type=Thing&timeproperty=observedAt', 'all history'],
    ['type=Thing&datasetId=urn:d:1', 'all history'],
    ['id=none&all=true', 'no URI'],
    ['id=urn:t:1&timerel=soon', 'timeAt'],
    ['id=urn:t:1&q=level>1', 'q'],
  ] as const)
    it(`refuses "${search}"`, async () => {
      const { status, text } = await erase(search)
      expect(status, text).to.equal(400)
      expect(text).to.include(why)
    })

  it('tells the log of what happened, without values, and followers of what is left', async () => {
    const id = newId()
    await hub.send(ENTITIES, { method: 'POST', body: { id, type: 'Told', level: at(1, 'secret one') } })
    await hub.send(`${ENTITIES}/${id}/attrs`, { method: 'PATCH', body: { level: at(2, 'secret two') } })
    await hub.send(`${ENTITIES}/${id}/attrs`, { method: 'PATCH', body: { level: at(3, 'now') } })
    await erase(`id=${id}&attrs=level`)
    const told = async () => (await hub.send('/hub/v1/changes?type=Told&after=earliest')).text
    await until(async () => !(await told()).includes('secret'))
    const text = await told()
    expect(text).to.include('now').and.include('"attribute":"level"')
  })
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 200))
}
