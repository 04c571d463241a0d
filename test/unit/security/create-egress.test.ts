import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { isPublicAddress } from '../../../security/egress/addresses.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import { type Egress, EgressFailed, EgressRefused } from '../../../security/egress/egress.ts'
import { rejection } from '../../support/rejection.ts'

const limits = { method: 'GET', timeoutMs: 2000, maxBytes: 1000 }

describe('security/egress: addresses', () => {
  const refused = [
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.9.9.9',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.170',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a00:1',
    '0:0:0:0:0:ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:1::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'localhost',
    '',
  ]
  for (const address of refused) {
    it(`takes ${address || 'the empty text'} as not public`, () => {
      expect(isPublicAddress(address)).to.equal(false)
    })
  }
  const open = [
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '2606:4700::1',
    '::ffff:8.8.8.8',
  ]
  for (const address of open) {
    it(`takes ${address} as public`, () => {
      expect(isPublicAddress(address)).to.equal(true)
    })
  }
})

describe('security/egress: createEgress', () => {
  let server: Server
  let origin: string
  let hits: string[]
  let listener: RequestListener
  const opened: Egress[] = []
  const open = (options: Parameters<typeof createEgress>[0]) => {
    const egress = createEgress(options)
    opened.push(egress)
    return egress
  }

  beforeEach(async () => {
    hits = []
    listener = (_, answer) => answer.end('here')
    server = createServer((request, answer) => {
      hits.push(`${request.method} ${request.url}`)
      listener(request, answer)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // listens on a port
  })

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((egress) => egress.close()))
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('answers status, lower-case headers and body', async () => {
    listener = (_, answer) => answer.writeHead(201, { 'X-Thing': 'a' }).end('ấm')
    const answer = await open({ mode: 'open' }).request({ ...limits, url: `${origin}/a?b=c` })
    expect(answer).to.include({ status: 201, body: 'ấm' })
    expect(answer.headers['x-thing']).to.equal('a')
    expect(hits).to.deep.equal(['GET /a?b=c'])
  })

  it('sends header names as given, and the body', async () => {
    let names: readonly string[] = []
    let body = ''
    listener = (request, answer) => {
      names = request.rawHeaders
      request.on('data', (chunk) => {
        body += String(chunk)
      })
      request.on('end', () => answer.end())
    }
    await open({ mode: 'open' }).request({
      ...limits,
      method: 'PATCH',
      url: origin,
      headers: { 'NGSILD-Tenant': 'one' },
      body: '{}',
    })
    expect(names).to.include('NGSILD-Tenant')
    expect(body).to.equal('{}')
  })

  for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433', '0']) {
    it(`refuses loopback written as ${host} and does not connect`, async () => {
      const { port } = new URL(origin)
      const error = await rejection(
        open({ mode: 'guarded' }).request({ ...limits, url: `http://${host}:${port}/` }),
      )
      expect(error).to.be.instanceOf(EgressRefused)
      expect(hits).to.deep.equal([])
    })
  }

  it('refuses a name of a private address like one that is unknown', async () => {
    const { port } = new URL(origin)
    const failures = ['localhost', 'nowhere.invalid'].map(async (host) => {
      const error = await rejection(
        open({ mode: 'guarded' }).request({ ...limits, url: `http://${host}:${port}/` }),
      )
      expect(error).to.be.instanceOf(EgressFailed)
      const { message, cause } = error as EgressFailed
      return { message: message.replace(host, 'HOST'), cause }
    })
    const [refused, unknown] = await Promise.all(failures)
    expect(refused).to.deep.equal(unknown)
    expect(hits).to.deep.equal([])
  })

  it('calls an allowed origin, but not another port of the same host', async () => {
    const egress = open({ mode: 'guarded', allowedOrigins: [origin] })
    expect((await egress.request({ ...limits, url: `${origin}/x` })).status).to.equal(200)
    expect(await rejection(egress.request({ ...limits, url: 'http://127.0.0.1:1/' }))).to.be.instanceOf(
      EgressRefused,
    )
  })

  for (const url of ['ftp://example.org/', 'file:///etc/passwd', 'nonsense', 'http://a:b@example.org/']) {
    it(`refuses ${url}`, async () => {
      expect(await rejection(open({ mode: 'open' }).request({ ...limits, url }))).to.be.instanceOf(
        EgressRefused,
      )
    })
  }

  it('does not follow a redirect', async () => {
    listener = (_, answer) => answer.writeHead(302, { location: '/elsewhere' }).end()
    expect((await open({ mode: 'open' }).request({ ...limits, url: origin })).status).to.equal(302)
    expect(hits).to.deep.equal(['GET /'])
  })

  it('cuts a body that is too long while it arrives', async () => {
    listener = (_, answer) => {
      const timer = setInterval(() => answer.write('x'.repeat(600)), 5)
      answer.on('close', () => clearInterval(timer))
    }
    const error = await rejection(open({ mode: 'open' }).request({ ...limits, url: origin }))
    expect(error).to.be.instanceOf(EgressFailed).with.property('reason', 'too-large')
  })

  it('keeps the deadline over the head', async () => {
    listener = () => undefined
    const error = await rejection(open({ mode: 'open' }).request({ ...limits, timeoutMs: 80, url: origin }))
    expect(error).to.be.instanceOf(EgressFailed).with.property('reason', 'timeout')
  })

  it('keeps the deadline over a body that drips', async () => {
    listener = (_, answer) => {
      const timer = setInterval(() => answer.write('x'), 10)
      answer.on('close', () => clearInterval(timer))
    }
    const error = await rejection(open({ mode: 'open' }).request({ ...limits, timeoutMs: 120, url: origin }))
    expect(error).to.be.instanceOf(EgressFailed).with.property('reason', 'timeout')
  })

  for (const repeatable of [true, false]) {
    it(`sends ${repeatable ? 'once more' : 'nothing again of'} what may ${repeatable ? '' : 'not '}arrive twice`, async () => {
      listener = (request, answer) => (hits.length === 1 ? request.socket.destroy() : answer.end('here'))
      const asked = open({ mode: 'open' }).request({ ...limits, url: origin, method: 'POST', repeatable })
      if (repeatable) expect(await asked).to.include({ status: 200 })
      else expect(await rejection(asked)).to.have.property('reason', 'unreachable')
      expect(hits).to.have.length(repeatable ? 2 : 1)
    })
  }

  it('gives a pool connections that no other takes, and no more than so many', async () => {
    listener = (request, answer) => (request.url === '/slow' ? undefined : answer.end('here'))
    const egress = open({ mode: 'open', connectionsPerOrigin: 1 })
    const ask = (path: string, pool: string, timeoutMs = 1000) =>
      egress.request({ ...limits, timeoutMs, url: `${origin}${path}`, pool })
    const slow = rejection(ask('/slow', 'one'))
    const waiting = rejection(ask('/waiting', 'one', 100))
    expect((await ask('/', 'two')).status).to.equal(200)
    expect(await waiting).to.have.property('reason', 'timeout')
    expect(await slow).to.have.property('reason', 'timeout')
    expect(hits).to.not.include('GET /waiting')
  })

  it('hands the body over piece by piece, waits for whoever takes it, and holds it to its length', async () => {
    const pieces: string[] = []
    const take = async (piece: Buffer) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      pieces.push(String(piece))
    }
    const egress = open({ mode: 'open' })
    expect(await egress.request({ ...limits, url: origin, take })).to.include({ status: 200, body: '' })
    expect(pieces.join('')).to.equal('here')
    expect(await rejection(egress.request({ ...limits, maxBytes: 3, url: origin, take }))).to.have.property(
      'reason',
      'too-large',
    )
  })

  it('says unreachable when nobody listens', async () => {
    const error = await rejection(open({ mode: 'open' }).request({ ...limits, url: 'http://127.0.0.1:1/' }))
    expect(error).to.be.instanceOf(EgressFailed).with.property('reason', 'unreachable')
  })
})
