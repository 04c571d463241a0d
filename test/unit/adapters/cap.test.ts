import path from 'node:path'
import { expect } from 'chai'
import { cap } from '../../../adapters/formats/cap.ts'
import { isUnreadable } from '../../../adapters/formats/format.ts'
import { type Feed, loadFeed } from '../../../adapters/kit/intake/feed.ts'
import { mapInput } from '../../../adapters/kit/intake/map-input.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

const INPUT = { name: 'http-poll', receivedAt: '2025-11-15T01:35:00.000Z' }
const NAMESPACE = 'urn:oasis:names:tc:emergency:cap:1.2'
const AREA = '<areaDesc>Ven sông</areaDesc>'

function message(identifier: string, members: string, area = AREA): string {
  return `<alert xmlns="${NAMESPACE}"><identifier>${identifier}</identifier><sender>a@b.example</sender>
    <status>Actual</status><scope>Public</scope>${members}
    <info><language>vi-VN</language><event>Lũ</event><area>${area}</area></info></alert>`
}

const alertOf = (area: string) =>
  message('1', '<msgType>Alert</msgType><sent>2025-11-15T05:00:00+07:00</sent>', area)

function told(text: string | Uint8Array): unknown[] {
  const decoded = cap.decode(Buffer.from(text), INPUT)
  return decoded.map((item) => (isUnreadable(item) ? item.fault.message : (item.value as object)))
}

describe('warnings (CAP 1.2)', () => {
  let feed: Feed
  before(async () => {
    feed = await loadFeed(path.join(packageRoot, 'adapters/feeds/cap-alerts/feed.yaml'))
  })

  async function mapped(text: string) {
    const { mapped: all, refused } = await mapInput(feed, { ...INPUT, bytes: Buffer.from(text) })
    return {
      alerts: all.flatMap(({ documents }) => documents),
      said: [...all.flatMap(({ doubts }) => doubts), ...refused.map(({ fault }) => fault.message)],
    }
  }

  it('are read alone, inside other documents, and each again as quarantine keeps it', () => {
    const two = `<f>${alertOf(AREA)}<entry>${alertOf(AREA).replaceAll('<', '<c:').replaceAll('<c:/', '</c:').replace('xmlns=', 'xmlns:c=')}</entry></f>`
    const [first, second] = told(two)
    expect(first).to.deep.equal(second)
    expect(first).to.deep.equal(told(alertOf(AREA))[0])
    const raw = cap.decode(Buffer.from(two), INPUT)[1]?.raw ?? new Uint8Array()
    const again = cap.decodeOne(raw, undefined, INPUT)
    expect(isUnreadable(again) ? again.fault : again.value).to.deep.equal(first)
  })

  it('of one document belong together by the messages between, also where each names only the one before it', async () => {
    const change = (id: string, kind: string, hour: number, before: string) =>
      message(
        id,
        `<msgType>${kind}</msgType><sent>2025-11-15T0${hour}:00:00+07:00</sent><references>a@b.example,${before}</references>`,
      )
    const update = change('2', 'Update', 6, '1,2025-11-15T05:00:00+07:00')
    const cancel = change('3', 'Cancel', 7, '2,2025-11-14T23:00:00+00:00')
    const { alerts } = await mapped(`<feed>${cancel}${update}${alertOf(AREA)}</feed>`)
    expect(new Set(alerts.map(({ id }) => id))).to.deep.equal(new Set(['urn:ngsi-ld:Alert:a-b.example:1']))
    expect(alerts.at(-1)?.alertStatus).to.include({ value: 'ended', observedAt: '2025-11-15T00:00:00Z' })
    const circle = [
      change('4', 'Update', 6, '5,2025-11-15T05:00:00+07:00'),
      change('5', 'Update', 6, '4,2025-11-15T06:00:00+07:00'),
    ]
    expect((await mapped(`<feed>${circle.join('')}</feed>`)).alerts).to.have.length(2)
  })

  it('that are none are said to be none', () => {
    expect(told(alertOf(AREA).slice(0, -9))).to.deep.equal(['Document is not whole XML'])
    expect(told(alertOf(AREA).replace(NAMESPACE, 'urn:other'))).to.deep.equal([
      'Document has no alert of CAP 1.2',
    ])
    expect(told('<!DOCTYPE a [<!ENTITY b "c">]><a/>')).to.deep.equal([
      'Document has a DTD, which is not read',
    ])
    expect(told(Buffer.from([0x3c, 0xff, 0xfe]))).to.deep.equal(['Record is not UTF-8 text'])
  })

  it('are named by the earliest message of their chain, in whatever order it is told', async () => {
    const references = 'a@b.example,2,2025-11-15T06:00:00+07:00 a@b.example,1,2025-11-14T22:00:00+00:00'
    const change = `<msgType>Update</msgType><sent>2025-11-15T07:00:00+07:00</sent><references>${references}</references>`
    const { alerts } = await mapped(message('3', change))
    expect(alerts.map(({ id }) => id)).to.deep.equal(['urn:ngsi-ld:Alert:a-b.example:1'])
  })

  const shapes: readonly [string, string, string | undefined, string?][] = [
    [
      'a polygon',
      '<polygon>21,105 21,106 22,106 21,105</polygon>',
      '[[[105,21],[106,21],[106,22],[105,21]]]',
    ],
    ['two points', '<circle>21,105 0</circle><circle>22,106 0</circle>', '[[105,21],[106,22]]'],
    ['a polygon that is open', '<polygon>21,105 21,106 22,106</polygon>', undefined, 'Polygon is not closed'],
    ['a circle without a radius', '<circle>21,105</circle>', undefined, 'Circle has no radius in kilometres'],
    ['half a position', '<circle>21, 1</circle>', undefined, 'Position is not latitude,longitude'],
    [
      'the longitude first',
      '<circle>105,21 1</circle>',
      undefined,
      'Place is outside Vietnam, but would be inside with the longitude first',
    ],
  ]
  for (const [name, area, coordinates, doubt] of shapes) {
    it(`have places: ${name}`, async () => {
      const { alerts, said } = await mapped(alertOf(AREA + area))
      const location = alerts[0]?.location as { value: { coordinates: unknown } } | undefined
      expect(location && JSON.stringify(location.value.coordinates)).to.equal(coordinates)
      expect(said).to.deep.equal(doubt === undefined ? [] : [doubt])
    })
  }

  const codes: readonly [string, string, string | undefined][] = [
    ['GSO', '05443', 'urn:ngsi-ld:AdministrativeUnit:vn-19-05443-20250701'],
    ['GSO-2024', '05443', 'urn:ngsi-ld:AdministrativeUnit:vn-19-05443-until-20250630'],
    ['GSO-2025', '00000', undefined],
  ]
  for (const [list, code, unit] of codes) {
    it(`are for the unit that has the code ${code} in the list ${list}`, async () => {
      const geocode = `<geocode><valueName>${list}</valueName><value>${code}</value></geocode>`
      const { alerts } = await mapped(alertOf(AREA + geocode))
      const link = alerts[0]?.refAdministrativeUnit as { object: string } | undefined
      expect(link?.object).to.equal(unit)
    })
  }
})
