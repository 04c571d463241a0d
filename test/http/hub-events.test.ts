import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type ClientRequest, get } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'
import { CHANGES, short } from '../support/change-lines.ts'
import { type OpenStream, openEvents, openSocket } from '../support/event-stream.ts'
import { startTestHub } from '../support/hub.ts'
import { until } from '../support/until.ts'

const EVENTS = '/hub/v1/events'
const property = (value: unknown) => ({ type: 'Property', value })

describe('Streams of changes: GET /hub/v1/events', () => {
  const api = useApi({
    'context.default': 'core',
    'changes.heartbeat': 200,
    'limits.streams': 6,
    'limits.callerStreams': 5,
    corsOrigins: ['https://console.example'],
  })
  const open: OpenStream[] = []
  const kept = <T extends OpenStream>(stream: T): T => {
    open.push(stream)
    return stream
  }
  const events = async (query = '', headers = {}) =>
    kept(await openEvents(`${api.hub.url}${EVENTS}?${query}`, headers))
  const socket = async (query = '', options = {}) =>
    kept(await openSocket(`${api.hub.url}${EVENTS}?${query}`, options))
  afterEach(() => Promise.all(open.splice(0).map((stream) => stream.close())))
  let ids = 0
  const freshId = () => `urn:t:e${++ids}`
  const patch = (id: string, body: object) => api.write('PATCH', `${ENTITIES}/${id}/attrs`, body)

  for (const [name, start] of [
    ['Server-Sent Events', events],
    ['WebSocket', socket],
  ] as const) {
    describe(name, () => {
      it('tell changes as they happen, as the feed does', async () => {
        const stream = await start('type=Told')
        const id = freshId()
        await api.create(freshId())
        await api.create(id, { type: 'Told', level: property(1) })
        await patch(id, { level: property(2) })
        await api.write('DELETE', `${ENTITIES}/${id}`)
        await stream.has(3)
        const at = id.split(':').at(-1)
        expect(short(stream)).to.deep.equal([
          `created ${at} level created`,
          `updated ${at} level updated`,
          `deleted ${at} level deleted`,
        ])
        expect(stream.changes[1]?.entity).to.deep.include({ id, level: { type: 'Property', value: 2 } })
      })

      it('go on behind any event, with nothing lost and nothing twice', async () => {
        const first = await start('type=Resumed')
        const made: string[] = []
        for (let at = 0; at < 5; at++) {
          made.push(freshId())
          await api.create(made[at] ?? '', { type: 'Resumed' })
        }
        await first.has(5)
        await first.close()
        for (let at = 5; at < 10; at++) {
          made.push(freshId())
          await api.create(made[at] ?? '', { type: 'Resumed' })
        }
        const second = await start(`type=Resumed&after=${first.changes[2]?.after}`)
        await second.has(7)
        expect(second.changes.map(({ id }) => id)).to.deep.equal(made.slice(3))
      })

      it('give signs of life, which go on with the token', async () => {
        const stream = await start('type=Quiet')
        const begin = stream.last()
        await api.create(freshId())
        await until('signs of life', () => stream.beats() > 3 && stream.last() !== begin)
        await until('a token behind the change', async () => {
          const fed = await api.send(`${CHANGES}?after=${stream.last()}`)
          return fed.text.trimEnd().split('\n').length === 1
        })
        expect(stream.changes).to.deep.equal([])
      })

      it('take tokens of the feed, and the feed theirs', async () => {
        const token = JSON.parse((await api.send(CHANGES)).text).after
        const id = freshId()
        await api.create(id)
        const stream = await start(`after=${token}`)
        await stream.has(1)
        await api.create(freshId())
        const { text } = await api.send(`${CHANGES}?after=${stream.changes[0]?.after}`)
        expect(text.trimEnd().split('\n')).to.have.length(2)
      })

      it('lead a slow client along the log, in order and whole', async () => {
        const token = JSON.parse((await api.send(CHANGES)).text).after
        const made = Array.from({ length: 600 }, () => freshId())
        await api.write(
          'POST',
          '/ngsi-ld/v1/entityOperations/create',
          made.map((id) => ({ id, type: 'Many', note: property('x'.repeat(2000)) })),
        )
        const stream = await start(`after=${token}&type=Many`)
        const late = freshId()
        await api.create(late, { type: 'Many' })
        await stream.has(601)
        expect(stream.changes.map(({ id }) => id)).to.deep.equal([...made, late])
      })

      it('are refused like any request', async () => {
        const table: readonly (readonly [string, number, RegExp])[] = [
          ['after=made-up', 400, /no token/],
          ['q=a%7Bb%7D', 400, /q/],
          ['triggers=x', 400, /triggers/],
          ['limit=3', 400, /limit/],
          ['ticket=x', 401, /Ticket/],
        ]
        for (const [query, status, says] of table) {
          const stream = await start(query)
          await until(`refusal of ${query}`, () => says.test(stream.text()))
          expect(stream.status, query).to.equal(status)
        }
      })

      it('are bounded for each caller', async () => {
        for (let at = 0; at < 5; at++) await start('type=Bound')
        const sixth = await start('type=Bound')
        expect(sixth.status).to.equal(429)
        await until('refusal', () => /5 streams already/.test(sixth.text()))
        await open[0]?.close()
        await until('a place that is free again', async () => (await start('type=Bound')).status !== 429)
      })

      it('tell the notifications of a subscription, which may be paused', async () => {
        const id = `urn:t:subscription:${freshId()}`
        const subscription = {
          id,
          type: 'Subscription',
          entities: [{ type: 'Watched' }],
          watchedAttributes: ['level'],
          q: 'level>1',
          isActive: false,
          notification: {
            endpoint: { uri: 'https://receiver.example/' },
            format: 'simplified',
            pick: ['id', 'level'],
          },
        }
        expect((await api.write('POST', '/ngsi-ld/v1/subscriptions', subscription)).status).to.equal(201)
        const stream = await start(`subscription=${id}`)
        const watched = freshId()
        await api.create(watched, { type: 'Watched', level: property(1) })
        await patch(watched, { level: property(2) })
        await patch(watched, { note: property('n') })
        await patch(watched, { level: property(3) })
        await stream.has(2)
        expect(stream.changes.map(({ notification }) => notification.data)).to.deep.equal([
          [{ id: watched, level: 2 }],
          [{ id: watched, level: 3 }],
        ])
        expect(stream.changes[0]?.notification).to.include({ type: 'Notification', subscriptionId: id })
        const again = await start(`subscription=${id}&after=${stream.changes[0]?.after}`)
        await again.has(1)
        expect(again.changes[0]?.notification.id).to.equal(stream.changes[1]?.notification.id)
        expect((await start(`subscription=${id}&type=Watched`)).status).to.equal(400)
        expect((await start('subscription=urn:t:none')).status).to.equal(404)
        await api.write('DELETE', `/ngsi-ld/v1/subscriptions/${id}`)
        await until('the end', () => stream.end.over && again.end.over)
        expect(stream.end.reason).to.match(/another one/)
      })

      it('are opened by a ticket, once', async () => {
        const { status, body, headers } = await api.send(`${EVENTS}/tickets`, { method: 'POST' })
        expect([status, headers['cache-control']]).to.deep.equal([201, 'no-store'])
        const stream = await start(`type=Ticketed&ticket=${body.ticket}`)
        await api.create(freshId(), { type: 'Ticketed' })
        await stream.has(1)
        expect((await start(`ticket=${body.ticket}`)).status).to.equal(401)
      })
    })
  }

  it('is text/event-stream for whoever does not mind, not kept by anybody in between', async () => {
    const { status, headers } = await events()
    expect(status).to.equal(200)
    expect(headers).to.include({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    expect(headers).not.to.have.property('content-encoding')
  })

  it('goes on with Last-Event-ID rather than with after', async () => {
    const token = JSON.parse((await api.send(CHANGES)).text).after
    await api.create(freshId(), { type: 'Last' })
    const stream = await events('after=made-up&type=Last', { 'Last-Event-ID': token })
    await stream.has(1)
  })

  it('tells of other things on request', async () => {
    const stream = await events('collections=context')
    await api.create(freshId())
    await api.write('POST', '/ngsi-ld/v1/jsonldContexts', { '@context': { c: 'urn:c:c' } })
    await stream.has(1)
    expect(stream.changes.map(({ collection, action }) => [collection, action])).to.deep.equal([
      ['context', 'created'],
    ])
  })

  describe('a WebSocket', () => {
    it('is opened for pages of known origins alone', async () => {
      expect((await socket('', { headers: { Origin: 'https://evil.example' } })).status).to.equal(403)
      expect((await socket('', { headers: { Origin: 'https://console.example' } })).status).to.equal(101)
      expect((await socket('', { headers: { Origin: api.hub.url } })).status).to.equal(101)
    })

    it('speaks the protocol that a client has to offer, if it offers any', async () => {
      const named = await socket('', { protocols: ['hub.events'] })
      expect([named.status, named.socket.protocol]).to.deep.equal([101, 'hub.events'])
      expect((await socket('', { protocols: ['chat'] })).status).to.equal(400)
    })

    it('listens to nothing', async () => {
      const stream = await socket('type=Deaf')
      stream.socket.send('x'.repeat(10_000))
      await until('end', () => stream.end.over)
      expect(stream.end.code).to.equal(1009)
    })
  })

  it('answers who asks for another protocol, or elsewhere, as if it had not', async () => {
    const port = Number(new URL(api.hub.url).port)
    const ask = (lines: readonly string[], body = '') =>
      new Promise<string>((resolve) => {
        const plain = connect(port, '127.0.0.1', () => plain.write(`${lines.join('\r\n')}\r\n\r\n${body}`))
        let text = ''
        plain.on('data', (piece) => {
          text += piece
        })
        plain.on('close', () => resolve(text))
      })
    const id = freshId()
    const body = JSON.stringify({ id, type: 'Room' })
    const upgrade = [
      'Host: hub',
      'Connection: close, Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
    ]
    const posted = await ask(
      [
        `POST ${ENTITIES} HTTP/1.1`,
        ...upgrade,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
      ],
      body,
    )
    expect(posted).to.match(/^HTTP\/1\.1 201 /)
    const read = await ask([
      `GET ${ENTITIES}/${id} HTTP/1.1`,
      'Host: hub',
      'Connection: Upgrade, close',
      'Upgrade: websocket',
    ])
    expect(read)
      .to.match(/^HTTP\/1\.1 200 /)
      .and.to.contain(id)
  })

  it('has nothing left of a client that went', async () => {
    for (let at = 0; at < 12; at++) {
      const stream = await events('type=Gone')
      await stream.close()
      await until('a free place', async () => {
        const next = await events('type=Gone')
        return next.status === 200
      })
      await Promise.all(open.splice(0).map((each) => each.close()))
    }
    const waiting = new AbortController()
    const asked = fetch(`${api.hub.url}${CHANGES}?wait=60&type=Gone`, { signal: waiting.signal }).catch(
      () => undefined,
    )
    await pause(100)
    waiting.abort()
    await asked
  })
})

describe('Streams of changes: when the hub stops', () => {
  it('they end at once, and who waits is answered', async () => {
    const hub = await startTestHub({ 'context.default': 'core' })
    const sse = await openEvents(`${hub.url}${EVENTS}`)
    const socket = await openSocket(`${hub.url}${EVENTS}`)
    const waiting = fetch(`${hub.url}${CHANGES}?wait=60`).then((answer) => answer.text())
    await pause(200)
    await hub.stop()
    await until('end of both', () => sse.end.over && socket.end.over)
    expect(socket.end.code).to.equal(1001)
    expect(JSON.parse(await waiting)).to.have.keys('after')
  })
})

describe('Streams of changes: callers without a token', () => {
  // elsewhere loopback has one address
  const onLinux = process.platform === 'linux' ? it : it.skip
  onLinux('are told apart by the address that they ask from', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hub-'))
    const policies = join(folder, 'policies.yaml')
    await writeFile(
      policies,
      'rules: [{ id: open, effect: permit, subject: { anonymous: true }, action: read }]',
    )
    const hub = await startTestHub({
      'auth.mode': 'required',
      'auth.policies': [policies],
      'auth.issuers': [{ issuer: 'http://127.0.0.1:9/oidc' }],
      'context.default': 'ontology',
      'limits.callerStreams': 1,
    })
    const open: ClientRequest[] = []
    const statusFrom = (localAddress: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asked = get(`${hub.url}${EVENTS}`, { localAddress, agent: false }, (answer) =>
          resolve(answer.statusCode),
        )
        open.push(asked.on('error', reject))
      })
    const statuses: (number | undefined)[] = []
    for (const address of ['127.0.0.1', '127.0.0.1', '127.0.0.2']) statuses.push(await statusFrom(address))
    for (const asked of open) asked.on('error', () => undefined).destroy()
    await hub.stop()
    await rm(folder, { recursive: true })
    expect(statuses).to.deep.equal([200, 429, 200])
  })
})
