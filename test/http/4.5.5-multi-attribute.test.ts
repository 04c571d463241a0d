import { expect } from 'chai'
import { ENTITIES, query, refusesAttributes, useApi } from '../support/api.ts'

describe('4.5.5 Multi-Attribute Support', () => {
  const api = useApi()
  const [gps, bus] = ['urn:d:gps', 'urn:d:bus']
  const speed = [
    { type: 'Property', value: 1 },
    { type: 'Property', value: 2, datasetId: gps },
    { type: 'Property', value: 3, datasetId: bus },
  ]
  before(() => api.create('urn:d:1', { speed, kept: 1 }))

  it('keeps one instance for each datasetId, and one without', async () => {
    expect((await api.read('urn:d:1')).speed).to.deep.equal(speed)
  })

  it('takes "@none" for the default instance, which never shows a datasetId', async () => {
    await api.create('urn:d:2', { speed: { value: 1, datasetId: '@none' } })
    expect((await api.read('urn:d:2')).speed).to.deep.equal({ type: 'Property', value: 1 })
  })

  it('keeps instances of a sub-attribute apart too', async () => {
    const by = [
      { type: 'Property', value: 1 },
      { type: 'Property', value: 2, datasetId: gps },
    ]
    await api.create('urn:d:3', { speed: { value: 0, by } })
    expect((await api.read('urn:d:3')).speed.by).to.deep.equal(by)
  })

  it('answers a single instance as an object, not as an array of one', async () => {
    await api.create('urn:d:4', { speed: [{ value: 2, datasetId: gps }] })
    expect((await api.read('urn:d:4')).speed).to.deep.equal({ type: 'Property', value: 2, datasetId: gps })
  })

  describe('shows the instances that the datasetId parameter names', () => {
    for (const [list, expected] of [
      [gps, { type: 'Property', value: 2, datasetId: gps }],
      ['@none', { type: 'Property', value: 1 }],
      [
        `@none,${bus}`,
        [
          { type: 'Property', value: 1 },
          { type: 'Property', value: 3, datasetId: bus },
        ],
      ],
    ] as const) {
      it(list, async () => {
        const datasetId = query({ datasetId: list })
        expect((await api.read('urn:d:1', `?${datasetId}`)).speed).to.deep.equal(expected)
        const { body } = await api.send(`${ENTITIES}?type=Room&id=urn:d:1&${datasetId}`)
        expect(body[0].speed).to.deep.equal(expected)
      })
    }

    it('without those attributes that have none of them, but with the entity', async () => {
      expect(await api.read('urn:d:1', `?datasetId=${gps}`)).to.have.all.keys('id', 'type', 'speed')
      expect(await api.read('urn:d:1', '?datasetId=urn:d:none')).to.have.all.keys('id', 'type')
      for (const path of ['/urn:d:1?', '?local=true&'])
        await api.refused(api.send(`${ENTITIES}${path}datasetId=urn:d:none,one`), 400, 'BadRequestData')
    })
  })

  it('matches a query when any instance does', async () => {
    for (const value of [1, 2, 3]) expect(await api.ids(`q=speed==${value}`)).to.include('urn:d:1')
    expect(await api.ids('q=speed==4')).to.not.include('urn:d:1')
  })

  refusesAttributes(api, [
    [
      'two instances with one datasetId',
      [
        { value: 1, datasetId: gps },
        { value: 2, datasetId: gps },
      ],
    ],
    ['two instances without datasetId', [{ value: 1 }, { value: 2 }]],
    ['"@none" beside an instance without datasetId', [{ value: 1 }, { value: 2, datasetId: '@none' }]],
    ['a datasetId that is no URI', { value: 1, datasetId: 'gps' }],
    ['a datasetId that is NGSI-LD Null', { value: 1, datasetId: 'urn:ngsi-ld:null' }],
    ['instances mixed with values', [{ value: 1 }, 2]],
  ])
})
