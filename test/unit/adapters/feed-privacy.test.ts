import { expect } from 'chai'
import { jsonText } from '../../../adapters/formats/json-text.ts'
import { parseDefinition } from '../../../adapters/kit/definition/load-definition.ts'
import type { Feed } from '../../../adapters/kit/intake/feed.ts'
import { mapInput } from '../../../adapters/kit/intake/map-input.ts'
import { quarantineRecord } from '../../../adapters/kit/intake/quarantine-record.ts'
import { packagedPlaces } from '../../../adapters/kit/mapping/feed-places.ts'
import { withoutCredentials } from '../../../adapters/kit/mapping/feed-privacy.ts'
import { loadMapper } from '../../../adapters/kit/mapping/load-mapper.ts'
import { FeedFault, RecordFault } from '../../../adapters/kit/values/fault.ts'

const DECLARED = 'privacy: { notice: "urn:notice:1", retentionDays: 30 }\n'
const feedOf = (type: string, more = ''): string => `name: cameras
title: Cameras
source: urn:ngsi-ld:Feed:cameras
dataProvider: Công an
transport: { kind: webhook }
format: { kind: json }
${more}mapping:
  expression: "{ 'id': 'urn:t:' & id, 'type': ${type}, 'shown': { 'type': 'Property', 'value': shown } }"
`

async function load(text: string): Promise<Feed> {
  const definition = parseDefinition(text, 'feed.yaml')
  const places = packagedPlaces()
  return { definition, format: jsonText({}), map: await loadMapper(definition, places), places, hash: String }
}

async function mapped(feed: Feed, shown: unknown) {
  const bytes = Buffer.from(JSON.stringify([{ id: '1', type: 'Camera', shown }]))
  const {
    mapped: [one],
    refused: [fault],
  } = await mapInput(feed, { name: 'x', bytes })
  return { shown: one?.documents[0]?.shown, fault: fault?.fault, record: fault?.record }
}

describe('feeds of cameras', () => {
  for (const type of [
    "'Camera'",
    "'https://smartdatamodels.org/dataModel.Device/Camera'",
    "'CameraEvent'",
    "'AnprFlowObserved'",
    "'HealthIndicator'",
    "'TrafficViolationCount'",
  ])
    it(`do not run without a notice and retention days: ${type}`, async () => {
      const error = await load(feedOf(type)).catch((reason: unknown) => reason)
      expect(error).to.be.instanceOf(FeedFault)
      expect(String(error)).to.match(/feed\.yaml: mapping is of cameras .*notice and retentionDays/)
      await load(feedOf(type, DECLARED))
    })

  it('bring no other types than their use names, whatever they are of', async () => {
    const use = (types: string): string => `use: { purposes: [planning], types: [${types}] }\n`
    expect((await mapped(await load(feedOf("'Lamp'", use('Lamp'))), 'x')).shown).to.include({ value: 'x' })
    const { fault, shown } = await mapped(await load(feedOf("'Lamp'", use('Pole'))), 'x')
    expect([shown, fault?.message]).to.deep.equal([
      undefined,
      'Type Lamp is none that the use in feed.yaml names',
    ])
    expect(() => parseDefinition(feedOf("'Lamp'", 'use: { purposes: [] }\n'), 'feed.yaml')).to.throw(
      FeedFault,
    )
  })

  it('need both, and other feeds neither', async () => {
    for (const part of [
      'privacy: { notice: "urn:notice:1" }\n',
      'privacy: { retentionDays: 30 }\n',
      'privacy: { notice: "", retentionDays: 0 }\n',
    ])
      expect(() => parseDefinition(feedOf("'Camera'", part), 'feed.yaml')).to.throw(FeedFault, 'privacy')
    await load(feedOf("'OffStreetParking'"))
  })

  it('bring nothing where the type shows itself only in a record', async () => {
    const { fault } = await mapped(await load(feedOf('type')), 'moved')
    expect(fault).to.be.instanceOf(RecordFault).with.property('reason', 'private')
  })

  const urls: readonly (readonly [string, string])[] = [
    ['rtsp://admin:secret@10.0.0.7:554/stream1', 'rtsp://10.0.0.7:554/stream1'],
    ['see http://u@h/a and https://u:p@ss@h/b', 'see http://h/a and https://h/b'],
    ['http://h/cgi?ch=1&user=admin&pwd=secret#x', 'http://h/cgi?ch=1&user=admin&pwd=#x'],
    ['https://h/@place/a@b', 'https://h/@place/a@b'],
    ['phan.anh@example.vn', 'phan.anh@example.vn'],
  ]
  for (const [given, kept] of urls)
    it(`bring ${given} as ${kept}`, async () => {
      expect(withoutCredentials(given)).to.equal(kept)
      const { shown } = await mapped(await load(feedOf('type', DECLARED)), { deep: [given] })
      expect(shown).to.deep.equal({ type: 'Property', value: { deep: [kept] } })
    })

  const frame = Buffer.alloc(300, 7).toString('base64')
  for (const [title, value] of [
    ['a data: URL', 'data:image/jpeg;base64,AAAA'],
    ['a picture in base64', `/9j/4AAQSkZJRg==`],
    ['base64 in lines', frame.replace(/(.{76})/g, '$1\r\n')],
    ['a content type of pictures', { contentType: 'image/png', data: 'AAAA' }],
  ] as const)
    it(`bring no ${title}, and quarantine keeps none of it`, async () => {
      const { fault, record } = await mapped(await load(feedOf('type', DECLARED)), { deep: [value] })
      expect(fault).to.include({
        reason: 'private',
        message: 'Attribute shown holds media: feeds of cameras bring events alone',
      })
      const why = { reason: 'private', detail: '' } as const
      const kept = quarantineRecord({ feed: 'cameras', input: 'x', places: false }, record!, why)
      expect(kept.raw).to.have.length(0)
      expect(kept.truncatedFrom).to.be.greaterThan(0)
    })

  it('bring texts, numbers and links', async () => {
    for (const value of ['Đường Hoàng Văn Thụ, ngã tư', 12, 'https://h/snapshots/1.jpg', 'image of a street'])
      expect((await mapped(await load(feedOf('type', DECLARED)), value)).fault).to.equal(undefined)
  })
})
