import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'

describe('4.6.1 Supported text encodings', () => {
  const api = useApi()

  it('keeps text of all scripts as it is, composed or not', async () => {
    const texts = ['Thái Nguyên', 'Tha\u0301i', '\u{1f6a6} Phổ Yên', 'مدينة', '\u0000 \u001f', 'line\nbreak']
    await api.create('urn:n:1', { a: { type: 'Property', value: texts } })
    expect((await api.read('urn:n:1')).a.value).to.deep.equal(texts)
  })

  describe('refuses what is no Unicode text', () => {
    for (const [title, body, type] of [
      [
        'bytes that are no UTF-8',
        Buffer.from('{"id":"urn:n:none","type":"Room","a":"\xff"}', 'latin1'),
        'InvalidRequest',
      ],
      ['half of a surrogate pair', '{"id":"urn:n:none","type":"Room","a":"\\ud800"}', 'BadRequestData'],
      [
        'half of a surrogate pair in a key of a value',
        '{"id":"urn:n:none","type":"Room","a":{"value":{"\\udc00":1}}}',
        'BadRequestData',
      ],
    ] as const) {
      it(title, async () => {
        await api.refused(api.write('POST', ENTITIES, body), 400, type)
        await api.absent('urn:n:none')
      })
    }
  })
})

describe('4.6.2 Supported names', () => {
  const api = useApi()
  const withName = (name: string) => ({
    id: 'urn:n:none',
    type: 'Room',
    [name]: { type: 'Property', value: 1 },
  })

  it('takes letters, digits and "_", a prefix, and URIs', async () => {
    const names = ['a', 'a1_b', 'Đường', 'температура', 'https://example.org/a', 'urn:example:a']
    await api.create('urn:n:2', Object.fromEntries(names.map((name) => [name, 1])))
    expect(await api.read('urn:n:2')).to.have.all.keys('id', 'type', ...names)
  })

  describe('refuses other names of attributes', () => {
    for (const name of [
      '1a',
      '_a',
      'a b',
      'a-b',
      'a.b',
      'a<b',
      'a=b',
      '',
      ':',
      '.',
      '..',
      'a:b:c d',
      '__proto__',
    ])
      it(JSON.stringify(name), async () => {
        const body = JSON.stringify({ id: 'urn:n:none', type: 'Room' }).replace(
          '}',
          `,${JSON.stringify(name)}:{"value":1}}`,
        )
        await api.refused(api.write('POST', ENTITIES, body), 400, 'BadRequestData')
        await api.absent('urn:n:none')
      })
  })

  describe('refuses names that the core reserves', () => {
    for (const name of [
      'datasetId',
      'instanceId',
      'observedAt',
      'unitCode',
      'previousValue',
      'value',
      'object',
      'https://uri.etsi.org/ngsi-ld/hasValue',
    ])
      it(name, async () => {
        await api.refused(api.write('POST', ENTITIES, withName(name)), 400, 'BadRequestData')
        await api.absent('urn:n:none')
      })
  })

  describe('refuses other names of types', () => {
    for (const type of ['1a', 'a b', 'a<b', ''])
      it(JSON.stringify(type), async () => {
        await api.refused(api.write('POST', ENTITIES, { id: 'urn:n:none', type }), 400, 'BadRequestData')
      })
  })
})

describe('4.6.3 Supported data types for Values', () => {
  const api = useApi()
  const created = async (id: string, a: unknown) => {
    await api.create(id, { a })
    return (await api.read(id)).a
  }

  it('keeps numbers exactly and refuses those that it could not', async () => {
    for (const [at, text] of ['0.1', '-273.15', '1e21', '9007199254740991', '1.5e-7', '100'].entries()) {
      const body = `{"id":"urn:n:n${at}","type":"Room","a":{"type":"Property","value":${text}}}`
      expect((await api.write('POST', ENTITIES, body)).status).to.equal(201)
      expect((await api.read(`urn:n:n${at}`)).a.value).to.equal(Number(text))
    }
    for (const text of ['12345678901234567890', '0.12345678901234567891', '1e999']) {
      const body = `{"id":"urn:n:none","type":"Room","a":{"type":"Property","value":${text}}}`
      await api.refused(api.write('POST', ENTITIES, body), 400, 'BadRequestData')
    }
  })

  it('reads DateTimes with up to six decimals, a comma too, and writes the same instant in one form', async () => {
    for (const [given, written] of [
      ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
      ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00Z'],
      ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.500Z'],
      ['2026-01-01T00:00:00,123456Z', '2026-01-01T00:00:00.123456Z'],
      ['1960-02-29T23:59:59.999999Z', '1960-02-29T23:59:59.999999Z'],
    ] as const)
      expect((await created(`urn:n:t-${given}`, { value: 1, observedAt: given })).observedAt).to.equal(
        written,
      )
  })

  describe('refuses times that are no DateTime in UTC', () => {
    for (const time of [
      '2026-01-01T00:00:00+07:00',
      '2026-01-01 00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-02-29T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:00:00.1234567Z',
      '2026-01-01',
    ])
      it(time, async () => {
        const body = { id: 'urn:n:none', type: 'Room', a: { value: 1, observedAt: time } }
        await api.refused(api.write('POST', ENTITIES, body), 400, 'BadRequestData')
      })
  })

  it('takes URIs and IRIs as ids, in all scripts and with the joiners that some need', async () => {
    for (const id of ['https://example.org/a?b=c#d', 'urn:n:Phổ-Yên', 'urn:n:می\u200cخواهم', 'a:b'])
      expect((await api.send(await api.create(id))).body.id).to.equal(id)
  })

  describe('refuses ids with characters that a URI cannot hold, or that nobody can see', () => {
    for (const [title, character] of [
      ['blank', ' '],
      ['angle bracket', '<'],
      ['brace', '{'],
      ['backslash', '\\'],
      ['backtick', '`'],
      ['right-to-left override', '\u202e'],
      ['zero width space', '\u200b'],
      ['variation selector', '\ufe0f'],
      ['supplementary variation selector', '\u{e0100}'],
      ['noncharacter', '\ufdd0'],
      ['Hangul filler', '\u3164'],
      ['blank Braille pattern', '\u2800'],
    ] as const) {
      it(title, async () => {
        const body = { id: `urn:n:a${character}b`, type: 'Room' }
        await api.refused(api.write('POST', ENTITIES, body), 400, 'BadRequestData')
      })
    }
  })
})

describe('4.6.4 Supported Content', () => {
  const api = useApi()

  it('keeps characters that other brokers forbid, verbatim, and finds them', async () => {
    const value = `<a href="x">'=;()|&%</a>`
    await api.create('urn:n:c', { a: { type: 'Property', value } })
    expect((await api.read('urn:n:c')).a.value).to.equal(value)
    expect(await api.ids(`q=a==${encodeURIComponent(JSON.stringify(value))}`)).to.deep.equal(['urn:n:c'])
  })

  it('keeps names of object prototypes as data and lets them touch nothing', async () => {
    const text =
      '{"id":"urn:n:p","type":"Room","a":{"type":"Property","value":{"__proto__":{"x":1},"constructor":2}}}'
    expect((await api.write('POST', ENTITIES, text)).status).to.equal(201)
    expect((await api.send(`${ENTITIES}/urn:n:p?pick=a`)).text).to.equal(
      '{"a":{"type":"Property","value":{"__proto__":{"x":1},"constructor":2}}}',
    )
    expect(({} as { x?: number }).x).to.equal(undefined)
  })
})
