import path from 'node:path'
import { expect } from 'chai'
import { geometryOf } from '../../../adapters/feeds/ngsi-v2/geometry.ts'
import { isUnreadable } from '../../../adapters/formats/format.ts'
import { open311 } from '../../../adapters/formats/open311.ts'
import { loadFeed } from '../../../adapters/kit/intake/feed.ts'
import { mapInput } from '../../../adapters/kit/intake/map-input.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

const INPUT = { name: 'http-poll' }

function told(text: string): unknown[] {
  return open311
    .decode(Buffer.from(text), INPUT)
    .map((item) => (isUnreadable(item) ? item.fault.message : item.value))
}

describe('Open311 (GeoReport v2)', () => {
  const cases: readonly [string, string, readonly unknown[]][] = [
    ['JSON', '[{"service_code":"1"}]', [{ service_code: '1' }]],
    [
      'XML',
      '\uFEFF<services><service><service_code>1</service_code><group/></service></services>',
      [{ service_code: '1', group: null }],
    ],
    ['an empty page of JSON', '[]', []],
    ['an empty page of XML', '<service_requests/>', []],
    [
      'an error in XML',
      '<errors><error><code>404</code></error></errors>',
      ['Document is no list of services or service requests'],
    ],
    ['half a page', '<services><service><service_code>1', ['Document is not whole XML']],
  ]
  for (const [name, text, records] of cases)
    it(`is read from ${name}`, () => {
      expect(told(text)).to.deep.equal(records)
    })

  it('is read again record by record', () => {
    const [record] = open311.decode(
      Buffer.from('<services><service><service_code>1</service_code></service></services>'),
      INPUT,
    )
    const again = open311.decodeOne(record?.raw ?? new Uint8Array(), undefined, INPUT)
    expect(isUnreadable(again) ? again.fault : again.value).to.deep.equal({ service_code: '1' })
  })
})

describe('NGSIv2', () => {
  const shapes: readonly [string, string | string[], unknown][] = [
    ['geo:point', '21.5, 105.8', { type: 'Point', coordinates: [105.8, 21.5] }],
    [
      'geo:line',
      ['21,105', '22,106'],
      {
        type: 'LineString',
        coordinates: [
          [105, 21],
          [106, 22],
        ],
      },
    ],
    ['geo:point', '21.5', undefined],
    ['geo:polygon', ['21,105', '22,106'], undefined],
  ]
  for (const [type, value, geometry] of shapes)
    it(`has the latitude first: ${type} ${String(value)}`, () => {
      expect(geometryOf(type, value)).to.deep.equal(geometry)
    })

  it('is the same normalized and in key values', async () => {
    const feed = await loadFeed(path.join(packageRoot, 'adapters/feeds/ngsi-v2/feed.yaml'))
    const entity = { id: 'A', type: 'WeatherObserved', temperature: 20, TimeInstant: '2025-11-15T01:30:00Z' }
    const normalized = {
      ...entity,
      temperature: { type: 'Number', value: 20, metadata: {} },
      TimeInstant: { type: 'DateTime', value: '2025-11-15T01:30:00Z', metadata: {} },
    }
    const bytes = Buffer.from(JSON.stringify({ data: [entity, normalized] }))
    const { mapped } = await mapInput(feed, { ...INPUT, bytes })
    const [first, second] = mapped.map(({ documents }) => documents[0])
    expect(first).to.deep.equal(second)
    expect(first?.temperature).to.include({ value: 20, observedAt: '2025-11-15T01:30:00Z' })
  })
})
