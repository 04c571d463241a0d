import { expect } from 'chai'
import { ENTITIES, query, useApi } from '../support/api.ts'

describe('4.9 NGSI-LD Query Language', () => {
  const api = useApi()
  const property = (value: unknown, more: object = {}) => ({ type: 'Property', value, ...more })
  before(async () => {
    for (const [at, members] of Object.entries({
      1: { n: 1, s: 'apple', b: true, when: '2026-01-01T00:00:00Z', day: '2026-01-01', hour: '08:00:00Z' },
      2: {
        n: 2,
        s: 'banana',
        b: false,
        when: '2026-06-01T00:00:00.5Z',
        day: '2026-06-01',
        hour: '12:30:00Z',
      },
      3: { n: [2, 3], s: ['apple', 'cherry'], uri: 'urn:x:1' },
      4: { n: '2', s: 'a;b|c,d', rel: { object: 'urn:x:1' }, rels: { object: ['urn:x:1', 'urn:x:2'] } },
      5: {
        words: { languageMap: { vi: 'phòng', en: 'room' } },
        voc: { vocab: 'office' },
        raw: { json: { k: 7 } },
      },
      6: {
        addr: property({ city: 'Phổ Yên', geo: { zone: 3 } }),
        rl: { objectList: ['urn:x:3'] },
        list: { valueList: [1, 2] },
      },
      7: {
        n: property(7, {
          observedAt: '2026-03-01T00:00:00Z',
          unitCode: 'CEL',
          by: property('gauge', { no: 5 }),
        }),
      },
      8: { n: [property(8), property(9, { datasetId: 'urn:x:d' })], big: '2026-01-01' },
    }))
      await api.create(`urn:q:${at}`, members)
  })
  const found = async (q: string, more: Record<string, string> = {}) =>
    (await api.ids(query({ type: 'Room', q, limit: '20', ...more }))).map((id) => Number(id.split(':')[2]))
  const rows = (table: Readonly<Record<string, readonly number[]>>, more: Record<string, string> = {}) => {
    for (const [q, expected] of Object.entries(table))
      it(q, async () => expect(await found(q, more)).to.deep.equal(expected))
  }

  describe('a path alone asks for existence, with ! for absence', () => {
    rows({
      n: [1, 2, 3, 4, 7, 8],
      'n.by': [7],
      'n.by.no': [7],
      unknown: [],
      '!n': [5, 6],
      'addr[city]': [6],
      'addr[none]': [],
    })
  })

  describe('equality looks into arrays and needs equal types', () => {
    rows({
      'n==2': [2, 3],
      'n=="2"': [4],
      's=="apple"': [1, 3],
      'b==true': [1],
      'b==false': [2],
      'n==9': [8],
      's=="Apple"': [],
    })
  })

  describe('inequality matches what is there and equals nowhere, of any type', () => {
    rows({ 'n!=2': [1, 4, 7, 8], 's!="apple"': [2, 4], 'b!=true': [2], 'unknown!=1': [] })
  })

  describe('lists and ranges go with equality, ranges with both ends', () => {
    rows({
      'n==1,7': [1, 7],
      'n!=1,2': [4, 7, 8],
      's=="banana","cherry"': [2, 3],
      'n==2..7': [2, 3, 7],
      'n!=2..7': [1, 4, 8],
      's=="b".."c"': [2],
      'when==2026-01-01T00:00:00Z..2026-03-01T00:00:00Z': [1],
    })
  })

  describe('order compares numbers, texts and times of one type', () => {
    rows({
      'n>1': [2, 7, 8],
      'n>=8': [8],
      'n<2': [1],
      'n<=2': [1, 2],
      's>"apple"': [2],
      'when>2026-01-01T00:00:00Z': [2],
      'when>=2026-06-01T00:00:00.500Z': [2],
      'day<2026-02-01': [1],
      'hour>09:00:00Z': [2],
      'n>"1"': [4],
    })
  })

  describe('times of the query meet texts that are the same instant', () => {
    rows({ 'when==2026-01-01T00:00:00.000Z': [1], 'day==2026-01-01': [1], 'hour==08:00:00.0Z': [1] })
  })

  describe('patterns search in texts', () => {
    rows({ 's~="an+a"': [2], 's~="^a"': [1, 4], 's!~="an"': [1, 4], 'n~="2"': [4], 's~=^ban': [2] })
  })

  describe('; binds tighter than |, parentheses group, quotes protect', () => {
    rows({
      'n==1|n==7;n.by=="none"': [1],
      '(n==1|n==7);n.by=="gauge"': [7],
      'n==1|(b==false;(s=="banana"|s=="x"))': [1, 2],
      's=="a;b|c,d"': [4],
    })
  })

  describe('members that are no attributes end a path', () => {
    rows({
      'n.observedAt==2026-03-01T00:00:00Z': [7],
      'n.observedAt>2026-04-01T00:00:00Z': [],
      'n.unitCode=="CEL"': [7],
      'n.datasetId=="urn:x:d"': [8],
      'n;createdAt>2000-01-01T00:00:00Z;n==7': [7],
      'n.modifiedAt<2000-01-01T00:00:00Z': [],
    })
  })

  describe('brackets look into values by literal keys', () => {
    rows({
      'addr[city]=="Phổ Yên"': [6],
      'addr[geo.zone]>=3': [6],
      'addr[City]=="Phổ Yên"': [],
      'n.by[no]==5': [],
    })
  })

  describe('relationships match by equality only, quoted or not', () => {
    rows({
      'rel==urn:x:1': [4],
      'rel=="urn:x:1"': [4],
      'rels==urn:x:2': [4],
      'rels==urn:x:3': [],
      'rel!=urn:x:2': [4],
      'rels!=urn:x:2': [],
      'rl=="urn:x:3"': [6],
      'rel>"a"': [],
      'rel~="urn"': [],
      'uri==urn:x:1': [3],
    })
  })

  describe('languages match one by one, or any', () => {
    rows({
      'words[vi]=="phòng"': [5],
      'words[en]=="phòng"': [],
      'words[*]=="room"': [5],
      'words=="room"': [5],
      'words[VI]~="ph"': [5],
    })
  })

  describe('vocabularies match expanded, or in full', () => {
    rows({ 'voc=="office"': [], 'voc=="https://uri.etsi.org/ngsi-ld/default-context/office"': [5] })
    rows({ 'voc==office': [5], 'voc=="office","shed"': [5], 'voc=="shed"': [] }, { expandValues: 'voc' })
  })

  describe('lists and JSON match item by item and key by key', () => {
    rows({ 'list==2': [6], 'list==3': [] })
    rows({ 'raw[k]==7': [5], 'raw[k]==8': [] }, { jsonKeys: 'raw' })
  })

  describe('refuses with the place of the fault', () => {
    for (const [q, position] of [
      ['n==', 3],
      ['n=1', 1],
      ['==1', 0],
      ['n==1;', 5],
      ['(n==1', 5],
      ['n==1)', 4],
      ['n>1,2', 3],
      ['n>1..2', 3],
      ['n>true', 2],
      ['n==1.."a"', 6],
      ['s=="open', 8],
      ['s~="("', 4],
      ['n..by==1', 2],
      ['n[==1', 5],
      ['1n==1', 0],
      ['n==1 m==2', 5],
    ] as const) {
      it(q, async () => {
        const answer = await api.refused(
          api.send(`${ENTITIES}?${query({ type: 'Room', q })}`),
          400,
          'BadRequestData',
        )
        expect(answer.body.position).to.equal(position)
      })
    }
  })

  describe('refuses what is too complex', () => {
    for (const [title, q] of [
      ['too many terms', Array(129).fill('n').join(';')],
      ['too many groups', `${'('.repeat(40)}n${')'.repeat(40)}`],
      ['too many values', `n==${Array(300).fill('1').join(',')}`],
      ['too long a text', `s=="${'x'.repeat(9000)}"`],
      ['too large a pattern', `s~="${'a{1000}'.repeat(20)}"`],
    ] as const) {
      it(title, () =>
        api
          .refused(api.send(`${ENTITIES}?${query({ type: 'Room', q })}`), 403, 'TooComplexQuery')
          .then(() => undefined),
      )
    }
  })
})
