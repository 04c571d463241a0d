import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'

describe('4.18 NGSI-LD Scopes', () => {
  const api = useApi()

  it('keeps one scope or several, each with a leading slash and once', async () => {
    for (const [at, [given, kept]] of (
      [
        ['/A/B', '/A/B'],
        ['A/B', '/A/B'],
        [
          ['/A', '/B/C'],
          ['/A', '/B/C'],
        ],
        [['/A', 'A'], '/A'],
        ['/Thái_Nguyên/Phổ_Yên', '/Thái_Nguyên/Phổ_Yên'],
      ] as const
    ).entries()) {
      const id = `urn:s:${at}`
      await api.create(id, { scope: given })
      expect((await api.read(id)).scope).to.deep.equal(kept)
      expect((await api.read(id, '?format=simplified')).scope).to.deep.equal(kept)
    }
  })

  it('shows no scope where there is none', async () => {
    await api.create('urn:s:none')
    expect(await api.read('urn:s:none')).to.not.have.property('scope')
  })

  describe('refuses what is no scope', () => {
    for (const scope of ['', '/', '//A', '/A//B', '/A/', '/1A', '/A b', '/A/+', '/A/#', '/A-B', 7, {}, [7]])
      it(JSON.stringify(scope), async () => {
        await api.refused(
          api.write('POST', ENTITIES, { id: 'urn:s:x', type: 'Room', scope }),
          400,
          'BadRequestData',
        )
        await api.absent('urn:s:x')
      })
  })
})
