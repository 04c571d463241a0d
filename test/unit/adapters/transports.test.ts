import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import { parseDefinition } from '../../../adapters/kit/definition/load-definition.ts'
import type { Paging, SignatureScheme } from '../../../adapters/kit/definition/transport-definition.ts'
import { proofOf } from '../../../adapters/kit/run/sender-proof.ts'
import { matches } from '../../../adapters/transports/folder.ts'
import { nextPage } from '../../../adapters/transports/next-page.ts'
import { dialectOf, subscriptionState } from '../../../adapters/transports/ngsi-dialect.ts'
import { isBefore, listRemote, type RemoteItem } from '../../../adapters/transports/remote-folder.ts'
import { earlier, pageQuery } from '../../../adapters/transports/sql-rows.ts'

/** Faults of a feed.yaml with this transport, without their places. */
function faultsOf(transport: object): string[] {
  const definition = {
    name: 'x',
    title: 'x',
    source: 'urn:x',
    dataProvider: 'x',
    transport,
    format: { kind: 'json' },
    mapping: { expression: '$' },
  }
  try {
    parseDefinition(JSON.stringify(definition), 'feed.yaml')
    return []
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.replace(/^feed\.yaml:\d+: /, ''))
  }
}

describe('transports: definitions', () => {
  const secret = { environment: 'SECRET' }
  const hostKey = `SHA256:${'A'.repeat(43)}`
  const good: readonly object[] = [
    { kind: 'ftp', url: 'ftp://ftp.agency.example/data', user: 'hub', password: secret, days: 60 },
    { kind: 'ftp', url: 'ftps://ftp.agency.example:990/' },
    { kind: 'sftp', url: 'sftp://agency.example/data', user: 'hub', privateKey: { file: 'key' }, hostKey },
    {
      kind: 'http-poll',
      url: 'https://agency.example/api?x=1',
      authentication: { kind: 'key', key: secret },
    },
    { kind: 'http-poll', url: 'https://a.example', paging: { by: 'member', member: 'meta.next' } },
    { kind: 'webhook', signature: { secret, header: 'X-Signature', content: 'v0:{timestamp}:{body}' } },
    {
      kind: 'mqtt',
      url: 'mqtts://lora.example',
      topics: ['$share/hubs/application/+/device/+/event/up'],
      client: 'hub',
    },
    {
      kind: 'sql',
      url: 'postgresql://db.example:5432/scada',
      query: 'SELECT 1',
      watermark: { column: 'id' },
    },
    { kind: 'sql', url: 'sqlite:../readings.db', query: 'SELECT 1' },
    {
      kind: 'ngsi',
      version: 'v2',
      url: 'https://orion.example/v2',
      entities: [{ type: 'T' }],
      notifyUrl: 'https://hub.example/x',
      key: { secret },
    },
  ]
  for (const transport of good) {
    it(`take ${JSON.stringify(transport).slice(0, 70)}`, () => {
      expect(faultsOf(transport)).to.deep.equal([])
    })
  }

  const bad: readonly (readonly [string, object, RegExp])[] = [
    [
      'a password in the file',
      { kind: 'ftp', url: 'ftp://a.example/', password: 'secret' },
      /^transport.password must be object/,
    ],
    [
      'a user in a URL',
      { kind: 'ftp', url: 'ftp://hub:secret@a.example/' },
      /^transport.url must match pattern/,
    ],
    [
      'a user in the URL of a database',
      { kind: 'sql', url: 'mysql://u:p@h/d', query: 'SELECT 1' },
      /^transport.url must match/,
    ],
    [
      'SFTP without the key of the server',
      { kind: 'sftp', url: 'sftp://a.example/', user: 'hub' },
      /must have required property 'hostKey'/,
    ],
    [
      'a signature over something else',
      { kind: 'webhook', signature: { secret, header: 'X', content: '{timestamp}' } },
      /^transport.signature.content must match/,
    ],
    [
      'a column that is more',
      { kind: 'sql', url: 'sqlite:x', query: 'SELECT 1', watermark: { column: 'a; DROP TABLE b' } },
      /^transport.watermark.column must match/,
    ],
    [
      'a setting that is not known',
      { kind: 'mqtt', url: 'mqtt://a.example', topics: ['x'], client: 'x', qos: 3 },
      /^transport.qos must be equal/,
    ],
  ]
  for (const [what, transport, fault] of bad) {
    it(`refuse ${what}`, () => {
      expect(faultsOf(transport).join('\n')).to.match(fault).and.not.include('secret@')
    })
  }
})

describe('transports: folders', () => {
  it('take names by their pattern, and none that is still written', () => {
    const names = [
      'TNG_1.txt',
      'tng_2.TXT',
      '.TNG_3.txt',
      'TNG_4.txt.part',
      'TNG_5.txt.filepart',
      'TNG_6.tmp',
      'other.csv',
    ]
    expect(names.filter((name) => matches(name, 'TNG_*.txt'))).to.deep.equal(['TNG_1.txt', 'tng_2.TXT'])
    expect(names.filter((name) => matches(name, '*'))).to.deep.equal(['TNG_1.txt', 'tng_2.TXT', 'other.csv'])
  })

  it('leave folders of days out that are too long ago, and no others', () => {
    const places = [
      '2025/11/14',
      '2025/11/15',
      '20251114',
      '2025-11',
      '2025/10',
      'station-2024',
      'data',
      '2024',
    ]
    expect(places.filter((place) => isBefore(place, '20251115'))).to.deep.equal([
      '2025/11/14',
      '20251114',
      '2025/10',
    ])
    expect(places.filter((place) => isBefore(place, ''))).to.deep.equal([])
  })

  it('are listed level by level; no name leads out, and there is a most', async () => {
    const file = (name: string): RemoteItem => ({ name, isFolder: false, size: 1, changed: '1' })
    const inside: Readonly<Record<string, readonly RemoteItem[]>> = {
      '': [file('a'), file('..'), file('x/y'), { ...file('deep'), isFolder: true }],
      deep: [file('b')],
    }
    const items = async (folder: string) => inside[folder] ?? []
    expect((await listRemote(items, { maxFiles: 2 })).map(({ path }) => path)).to.deep.equal(['a', 'deep/b'])
    expect(await listRemote(items, { maxFiles: 1 }).catch((error: Error) => error.message)).to.equal(
      'Folder has more than 1 files',
    )
  })
})

describe('transports: pages', () => {
  const at = new URL('https://agency.example/api/records?limit=2')
  const next = (paging: Paging, more: { body?: object; link?: string; read?: number } = {}) => {
    const { body = {}, link, read = 2 } = more
    const reply = {
      headers: { ...(link !== undefined && { link }) },
      bytes: Buffer.from(JSON.stringify(body)),
    }
    try {
      return nextPage(paging, { at, reply, page: 3, read, seen: 6 })?.href.slice(
        'https://agency.example/api/'.length,
      )
    } catch (error) {
      return (error as Error).message
    }
  }

  it('are found by link, member, number and offset', () => {
    expect([
      next({ by: 'link' }, { link: '</api/records?page=4>; rel="next", </api/x>; rel="last"' }),
      next({ by: 'link' }, { link: '</api/x>; rel="last"' }),
      next({ by: 'link' }),
      next({ by: 'member', member: 'meta.next' }, { body: { meta: { next: '/api/records?after=9' } } }),
      next({ by: 'member', member: '@iot.nextLink' }, { body: { '@iot.nextLink': '/api/records?$skip=9' } }),
      next({ by: 'member', member: 'cursor', parameter: 'after' }, { body: { cursor: 9 } }),
      next({ by: 'member', member: 'cursor', parameter: 'after' }, { body: { cursor: null } }),
      next({ by: 'page', parameter: 'page', first: 1 }),
      next({ by: 'page', parameter: 'page', first: 1 }, { read: 0 }),
      next({ by: 'offset', parameter: 'offset' }),
    ]).to.deep.equal([
      'records?page=4',
      undefined,
      undefined,
      'records?after=9',
      'records?$skip=9',
      'records?limit=2&after=9',
      undefined,
      'records?limit=2&page=4',
      undefined,
      'records?limit=2&offset=6',
    ])
  })

  it('are never at another server, nor the same again', () => {
    expect(next({ by: 'link' }, { link: '<https://evil.example/>; rel="next"' })).to.equal(
      'Next page is at another server',
    )
    expect(next({ by: 'link' }, { link: `<${at.href}>; rel="next"` })).to.equal(
      'Next page is the same page again',
    )
  })
})

describe('transports: proof of senders', () => {
  const scheme: SignatureScheme = {
    secret: { environment: 'X' },
    header: 'X-Signature',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: 'sha256=',
    timestampHeader: 'X-Timestamp',
    toleranceSeconds: 300,
  }
  const now = Date.parse('2025-11-15T01:30:00Z')
  const body = Buffer.from('{"key":"a"}')
  const signed = (text: string, timestamp: string) => ({
    'x-signature': `sha256=${createHmac('sha256', 's').update(text).digest('hex')}`,
    'x-timestamp': timestamp,
  })
  const seconds = String(now / 1000)
  const proof = (headers: Record<string, string>, of: SignatureScheme = scheme) => {
    const found = proofOf(of, 's', { body, headers, now })
    return 'refused' in found ? found.refused : found.mark?.slice(0, 20)
  }

  it('is a signature over time and body, of now', () => {
    expect(proof(signed(`${seconds}.${body}`, seconds))).to.equal(`signature ${seconds}`)
    expect(proof(signed(`${now}.${body}`, String(now)))).to.match(/^signature 176/)
    expect(proof(signed(`2025-11-15T01:31:00Z.${body}`, '2025-11-15T01:31:00Z'))).to.match(/^signature 2025/)
  })

  it('is refused when it is of something else, long ago, ahead, or missing', () => {
    const old = String(now / 1000 - 301)
    const ahead = String(now / 1000 + 301)
    expect(proof(signed(`${seconds}.{}`, seconds))).to.equal(
      'Signature in header X-Signature is not of what was sent',
    )
    expect(proof(signed(`${old}.${body}`, old))).to.equal(
      'Header X-Timestamp is not within 300 seconds of now',
    )
    expect(proof(signed(`${ahead}.${body}`, ahead))).to.equal(
      'Header X-Timestamp is not within 300 seconds of now',
    )
    expect(proof(signed(`.${body}`, ''))).to.equal('Header X-Timestamp is not within 300 seconds of now')
    expect(proof({})).to.equal('Header X-Signature has no signature')
    expect(proof({ ...signed('x', seconds), 'x-signature': 'sha256=zz' })).to.match(/not of what was sent/)
  })

  it('may be over the body alone, or over another text', () => {
    const { timestampHeader: _, ...plain } = scheme
    expect(proof(signed(String(body), ''), plain)).to.equal(undefined)
    expect(
      proof(signed(`v0:${seconds}:${body}`, seconds), { ...scheme, content: 'v0:{timestamp}:{body}' }),
    ).to.match(/^signature/)
  })
})

describe('transports: rows', () => {
  it('go back behind a watermark', () => {
    expect([
      earlier(100, 60),
      earlier('9007199254740993', 60),
      earlier('2025-11-15 00:00:30.123456+07', 60),
      earlier('2025-11-15T08:00:00Z', 3600),
      earlier('2025-11-15', 60),
      earlier('k-000017', 60),
    ]).to.deep.equal([
      40,
      '9007199254740933',
      '2025-11-14 23:59:30+07',
      '2025-11-15T07:00:00Z',
      '2025-11-14',
      'k-000017',
    ])
  })

  it('are asked for from the last on, by watermark and key', () => {
    const query = (key: string | undefined, place: { watermark: number; key?: number } | undefined) =>
      pageQuery(
        { query: 'SELECT * FROM t', pageRows: 2 },
        { column: 'w', overlap: 0, ...(key !== undefined && { key }) },
        { place, mark: (at) => `$${at}` },
      )
    expect(query(undefined, undefined).text).to.equal(
      'SELECT * FROM (SELECT * FROM t) AS source WHERE w IS NOT NULL ORDER BY w LIMIT 2',
    )
    expect(query(undefined, { watermark: 5 })).to.deep.equal({
      text: 'SELECT * FROM (SELECT * FROM t) AS source WHERE w IS NOT NULL AND w >= $1 ORDER BY w LIMIT 2',
      values: [5],
    })
    expect(query('k', { watermark: 5, key: 7 })).to.deep.equal({
      text: 'SELECT * FROM (SELECT * FROM t) AS source WHERE w IS NOT NULL AND (w > $1 OR (w = $2 AND k > $3)) ORDER BY w, k LIMIT 2',
      values: [5, 5, 7],
    })
  })
})

describe('transports: subscriptions of other brokers', () => {
  const wish = { description: 'Feed urn:x', notifyUrl: 'https://hub.example/x' }
  it('are known by description and endpoint, and tell when a delivery failed', () => {
    const ld = {
      id: 'urn:s',
      description: 'Feed urn:x',
      expiresAt: '2030-01-01T00:00:00Z',
      notification: {
        endpoint: { uri: 'https://hub.example/x' },
        lastFailure: '2025-11-15T01:00:01Z',
        lastSuccess: '2025-11-15T01:00:00Z',
      },
    }
    expect(subscriptionState(ld, dialectOf('ld'), wish)).to.deep.equal({
      id: 'urn:s',
      isActive: true,
      expires: '2030-01-01T00:00:00Z',
      failure: '2025-11-15T01:00:01Z',
    })
    expect(subscriptionState({ ...ld, description: 'other' }, dialectOf('ld'), wish)).to.equal(undefined)
    const v2 = {
      id: '1',
      description: 'Feed urn:x',
      status: 'expired',
      notification: { httpCustom: { url: 'https://hub.example/x' } },
    }
    expect(subscriptionState(v2, dialectOf('v2'), wish)).to.deep.equal({ id: '1', isActive: false })
  })
})
