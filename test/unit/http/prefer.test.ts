import { expect } from 'chai'
import { preferences, versionHeader, versionOption } from '../../../broker/http/decode/prefer.ts'

describe('6.3.6 Prefer header (RFC 7240)', () => {
  const read: readonly (readonly [string | undefined, object])[] = [
    [undefined, {}],
    ['', {}],
    ['ngsi-ld=1.4', { version: 4 }],
    ['NGSI-LD=1.4', { version: 4 }],
    ['ngsi-ld="1.4"', { version: 4 }],
    ['ngsi-ld = 1.4 ; q=0.1', { version: 4 }],
    ['ngsi-ld=1.9.1', { version: 9 }],
    ['ngsi-ld=1.10', { version: 10 }],
    ['ngsi-ld=0.9', { version: 0 }],
    ['ngsi-ld=2.0', { version: Number.POSITIVE_INFINITY }],
    ['body=json', { contextInLink: true }],
    ['Body="JSON"', { contextInLink: true }],
    ['body=ld+json', {}],
    ['respond-async, ngsi-ld=1.0', { version: 0 }],
    ['body=json, ngsi-ld=1.6', { version: 6, contextInLink: true }],
    ['ngsi-ld=1.6,body=json;x="a,b"', { version: 6, contextInLink: true }],
    ['wait="ngsi-ld=1.4, body=json"', {}],
    ['ngsi-ld=1.8, ngsi-ld=1.4', { version: 8 }],
    ['foo; ngsi-ld=1.4', {}],
  ]
  for (const [header, expected] of read) {
    it(`reads ${header}`, () => expect(preferences(header)).to.deep.equal(expected))
  }

  for (const wrong of [
    'ngsi-ld',
    'ngsi-ld=',
    'ngsi-ld=1',
    'ngsi-ld=v1.4',
    'ngsi-ld=1.x',
    'ngsi-ld=-1.4',
    'ngsi-ld=1,4',
    '"',
    '=,;',
  ])
    it(`passes over ${wrong}`, () => expect(preferences(wrong)).to.deep.equal({}))

  it('converts to earlier versions only, and says what the body conforms to', () => {
    expect([0, 8, 9, 10].map((version) => versionOption({ version }))).to.deep.equal([
      { version: 0 },
      { version: 8 },
      {},
      {},
    ])
    expect(versionOption({})).to.deep.equal({})
    expect([undefined, 0, 8, 9, 10, Number.POSITIVE_INFINITY].map(applied)).to.deep.equal([
      undefined,
      'ngsi-ld=1.0',
      'ngsi-ld=1.8',
      'ngsi-ld=1.9',
      'ngsi-ld=1.9',
      'ngsi-ld=1.9',
    ])
  })
})

function applied(version: number | undefined): string | undefined {
  return versionHeader(version === undefined ? {} : { version })['Preference-Applied']
}
