import { expect } from 'chai'
import { ENTITIES, OPERATIONS, query, useApi } from '../support/api.ts'

describe('4.15 NGSI-LD Language Filter', () => {
  const api = useApi()
  before(async () => {
    await api.create('urn:l:1', {
      a: { languageMap: { vi: 'phòng', en: 'room', 'fr-CH': 'salle', '@none': 'R' } },
      b: { languageMap: { de: ['Raum', 'Zimmer'] } },
      c: 'text',
    })
  })
  const inLanguage = (lang: string, more = '') => api.read('urn:l:1', `?${query({ lang })}${more}`)

  describe('chooses one language by tags, prefixes and weights, else @none, and says which', () => {
    for (const [lang, value, chosen] of [
      ['vi', 'phòng', 'vi'],
      ['EN', 'room', 'en'],
      ['fr', 'salle', 'fr-CH'],
      ['en-GB', 'room', 'en'],
      ['ja,vi;q=0.5,en;q=0.8', 'room', 'en'],
      ['ja, vi', 'phòng', 'vi'],
      ['ja', 'R', '@none'],
      ['en;q=0,ja', 'R', '@none'],
    ] as const) {
      it(`${lang} chooses ${chosen}`, async () => {
        expect((await inLanguage(lang)).a).to.deep.equal({ type: 'Property', value, lang: chosen })
      })
    }
  })

  it('takes any language for *, and any when nothing fits and there is no default', async () => {
    expect((await inLanguage('*')).a.lang).to.be.oneOf(['vi', 'en', 'fr-CH', '@none'])
    expect((await inLanguage('ja')).b).to.deep.equal({
      type: 'Property',
      value: ['Raum', 'Zimmer'],
      lang: 'de',
    })
  })

  it('writes the text alone in the simplified form, and leaves other attributes as they are', async () => {
    const body = await inLanguage('vi', '&format=simplified')
    expect(body).to.deep.equal({ id: 'urn:l:1', type: 'Room', a: 'phòng', b: ['Raum', 'Zimmer'], c: 'text' })
  })

  it('keeps the language in the concise form', async () => {
    expect((await inLanguage('vi', '&format=concise')).a).to.deep.equal({ value: 'phòng', lang: 'vi' })
  })

  it('works on queries of both kinds', async () => {
    const { body } = await api.send(`${ENTITIES}?type=Room&lang=en&format=simplified`)
    expect(body[0].a).to.equal('room')
    const asked = await api.write('POST', `${OPERATIONS}/query?format=simplified`, {
      type: 'Query',
      q: 'a',
      lang: 'en',
    })
    expect(asked.body[0].a).to.equal('room')
  })

  it('refuses more languages than anybody reads', async () => {
    const lang = Array(33).fill('vi').join(',')
    await api.refused(api.send(`${ENTITIES}/urn:l:1?lang=${lang}`), 403, 'TooComplexQuery', /32/)
    await api.refused(api.send(`${ENTITIES}?type=Room&lang=${'x'.repeat(600)}`), 403, 'TooComplexQuery')
  })

  it('does not change what q looks at', async () => {
    expect(await api.ids(query({ type: 'Room', lang: 'en', q: 'a[vi]=="phòng"' }))).to.deep.equal(['urn:l:1'])
  })

  it('shows the whole map when no language is asked for', async () => {
    expect((await api.read('urn:l:1')).a.languageMap).to.have.all.keys('vi', 'en', 'fr-CH', '@none')
  })
})
