import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import { FEED_SCHEMA } from '../../../adapters/kit/definition/feed-schema.ts'
import { parseDefinition } from '../../../adapters/kit/definition/load-definition.ts'
import { FeedFault } from '../../../adapters/kit/values/fault.ts'

const WHOLE = `name: counts
title: Counts
source: urn:ngsi-ld:Feed:\${city}:counts
dataProvider: Sở Xây dựng
variables:
  city: song-cong
  inputs: samples/\${city}
transport:
  kind: directory
  path: \${inputs}
format:
  kind: csv
mapping:
  expression: '{ "id": $iri("Thing", key), "type": "Thing" }'
`

function faultsOf(text: string, variables = {}): readonly string[] {
  try {
    parseDefinition(text, 'feed.yaml', { variables })
  } catch (error) {
    if (error instanceof FeedFault) return error.faults
    throw error
  }
  return []
}

describe('feed definition', () => {
  it('has a schema that is valid', () => {
    const ajv = new Ajv2020({ strict: false })
    expect(ajv.validateSchema(FEED_SCHEMA), ajv.errorsText()).to.equal(true)
    expect(ajv.validateSchema({ ...FEED_SCHEMA, type: 'objekt' })).to.equal(false)
  })

  it('fills in variables and defaults', () => {
    const definition = parseDefinition(WHOLE, 'feed.yaml')
    expect(definition.source).to.equal('urn:ngsi-ld:Feed:song-cong:counts')
    expect(definition.transport).to.deep.equal({
      kind: 'directory',
      path: 'samples/song-cong',
      pattern: '*',
      stableMs: 2000,
      everySeconds: 600,
    })
    expect(definition).to.include({ batchSize: 100 })
    expect(definition.context).to.match(/^https:\/\/thainguyen\.gov\.vn\//)
  })

  it('takes given variables before its own', () => {
    const definition = parseDefinition(WHOLE, 'feed.yaml', {
      variables: { city: 'pho-yen', inputs: '/srv/ftp' },
    })
    expect(definition.source).to.equal('urn:ngsi-ld:Feed:pho-yen:counts')
    expect(definition.transport).to.include({ path: '/srv/ftp' })
  })

  it('takes options of the transport that are given, and all of them where the kind is another', () => {
    const parsed = (transport: Readonly<Record<string, number | string>>) =>
      parseDefinition(WHOLE, 'feed.yaml', { transport }).transport
    expect(parsed({ everySeconds: 5 })).to.include({
      kind: 'directory',
      everySeconds: 5,
      path: 'samples/song-cong',
    })
    expect(parsed({ kind: 'ftp', url: 'ftp://agency.example/data' })).to.include({
      kind: 'ftp',
      url: 'ftp://agency.example/data',
      pattern: '*',
    })
    expect(() => parsed({ path: 'in', url: 'ftp://agency.example' })).to.throw(FeedFault, 'transport')
  })

  it('tells all faults together, each with its line', () => {
    const text = WHOLE.replace('name: counts', 'name: Counts!')
      .replace('kind: csv', 'kind: csv\n  delimiter: x\n  colums: []')
      .replace('dataProvider: Sở Xây dựng', `dataProvider: \${agency}`)
    const faults = faultsOf(text)
    expect(faults).to.have.length(4)
    expect(faults.join('\n')).to.match(/feed\.yaml:1: name must match pattern/)
    expect(faults.join('\n')).to.match(/feed\.yaml:4: variable agency is not set/)
    expect(faults.join('\n')).to.match(/feed\.yaml:13: format\.delimiter must be equal to one of/)
    expect(faults.join('\n')).to.match(/feed\.yaml:14: format.* must NOT have additional properties: colums/)
  })

  const broken: readonly [string, string, RegExp][] = [
    ['an unknown transport', WHOLE.replace('kind: directory', 'kind: pigeon'), /transport/],
    ['both kinds of mapping', `${WHOLE}  module: map.ts\n`, /mapping/],
    [
      'hashes without a key',
      WHOLE.replace(/expression:.*/, "{ type: A, id: '{ma}', columns: {}, hashed: [ma] }").replace(
        'mapping:\n  ',
        'mapping: ',
      ),
      /^feed\.yaml:\d+: feed must have required property 'hash'$/,
    ],
    [
      'a digest of what is hashed',
      `${WHOLE}hash: { key: { file: key } }\nlineage: true\n`,
      /^feed\.yaml:\d+: lineage tells a digest of what came, which privacy and hash keep back$/,
    ],
    [
      'a digest of what is not kept',
      `${WHOLE}privacy: { notice: 'https://thainguyen.example/camera', retentionDays: 30 }\nlineage: true\n`,
      /^feed\.yaml:\d+: lineage tells/,
    ],
    ['YAML that is none', 'name: [', /feed\.yaml:1: /],
    ['a repeated key', `${WHOLE}name: again\n`, /feed\.yaml:\d+: .*unique/i],
    ['nothing', '', /must be object/],
  ]
  for (const [title, text, expected] of broken) {
    it(`refuses ${title}`, () => expect(faultsOf(text).join('\n')).to.match(expected))
  }
})
