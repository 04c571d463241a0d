import { expect } from 'chai'
import { CORE, linkTo, OPERATIONS, useApi } from '../support/api.ts'

const LD = { 'Content-Type': 'application/ld+json' }

describe('5.6.7 Batch Entity Creation', () => {
  const api = useApi()
  const create = (body: unknown, headers: Record<string, string> = {}) =>
    api.write('POST', `${OPERATIONS}/create`, body, headers)
  const room = (id: string, members: object = {}) => ({ id, type: 'Room', ...members })

  it('answers 201 with the ids in the order of the batch', async () => {
    const answer = await create([room('urn:bc:2'), room('urn:bc:1', { a: 1 })])
    expect(answer.status).to.equal(201)
    expect(answer.body).to.deep.equal(['urn:bc:2', 'urn:bc:1'])
    expect(await api.read('urn:bc:1', '?format=simplified')).to.include({ a: 1 })
  })

  it('reports each failure by itself with 207 and keeps the rest', async () => {
    const answer = await create([room('urn:bc:3'), room('not a uri'), room('urn:bc:1'), room('urn:bc:4')])
    expect(answer.status).to.equal(207)
    expect(answer.headers['content-type']).to.equal('application/json')
    expect(answer.headers).to.not.have.property('link')
    expect(answer.body.success).to.deep.equal(['urn:bc:3', 'urn:bc:4'])
    expect(answer.body.errors).to.have.length(2)
    expect(answer.body.errors[0].error).to.include({ status: 400 })
    expect(answer.body.errors[1]).to.include({ entityId: 'urn:bc:1' })
    expect(answer.body.errors[1].error.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/AlreadyExists')
    expect(await api.read('urn:bc:1', '?format=simplified')).to.include({ a: 1 })
  })

  it('takes several of one id in their order: what is refused first does not keep a later one out', async () => {
    const large = { a: 'x'.repeat(2_000_000) }
    const answer = await create([
      room('urn:bc:11', large),
      room('urn:bc:11', { a: 1 }),
      room('urn:bc:11', { a: 2 }),
      room('urn:bc:12'),
    ])
    expect([answer.status, answer.body.success]).to.deep.equal([207, ['urn:bc:11', 'urn:bc:12']])
    expect(answer.body.errors.map(({ error }: { error: { type: string } }) => error.type)).to.deep.equal([
      'urn:urban-data-hub:errors:RequestEntityTooLarge',
      'https://uri.etsi.org/ngsi-ld/errors/AlreadyExists',
    ])
    expect(await api.read('urn:bc:11', '?format=simplified')).to.include({ a: 1 })
  })

  it('answers 207 with an empty list of successes when all fail', async () => {
    const answer = await create([room('urn:bc:5', { a: { type: 'Thing' } })])
    expect(answer.status).to.equal(207)
    expect(answer.body).to.have.all.keys('success', 'errors')
    expect(answer.body.success).to.deep.equal([])
    await api.absent('urn:bc:5')
  })

  it('refuses only the entity whose @context is missing or in the wrong place', async () => {
    const ld = await create([room('urn:bc:6'), room('urn:bc:7', { '@context': CORE })], LD)
    expect([ld.status, ld.body.success]).to.deep.equal([207, ['urn:bc:7']])
    expect(ld.body.errors[0]).to.deep.include({ entityId: 'urn:bc:6' })
    expect(ld.body.errors[0].error.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/BadRequestData')
    const plain = await create([room('urn:bc:8'), room('urn:bc:9', { '@context': CORE })])
    expect([plain.status, plain.body.success]).to.deep.equal([207, ['urn:bc:8']])
    for (const id of ['urn:bc:6', 'urn:bc:9']) await api.absent(id)
  })

  it('refuses the whole request when its headers contradict each other', async () => {
    const body = [room('urn:bc:10', { '@context': CORE })]
    await api.refused(create(body, { ...LD, ...linkTo(CORE) }), 400, 'BadRequestData')
    await api.absent('urn:bc:10')
  })

  describe('refuses as a whole what is no batch', () => {
    for (const [title, body] of [
      ['an empty array', []],
      ['an array with null', [room('urn:bc:none'), null]],
      ['an object', room('urn:bc:none')],
    ] as const) {
      it(title, async () => {
        await api.refused(create(body), 400, 'BadRequestData')
        await api.absent('urn:bc:none')
      })
    }
  })
})
