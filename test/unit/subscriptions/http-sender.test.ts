import { createHmac, randomBytes } from 'node:crypto'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { expect } from 'chai'
import { createSender } from '../../../broker/subscriptions/deliver/create-sender.ts'
import type { Sender } from '../../../broker/subscriptions/deliver/message.ts'
import type { GuardOptions } from '../../../security/egress/guard.ts'
import { type Certificates, hasOpenssl, makeCertificates } from '../../support/certificates.ts'
import { httpMessage, listen, openReceiver, type Receiver } from './receivers.ts'

const opened: { close(): unknown }[] = []
const senderFor = (egress: GuardOptions): Sender => {
  const sender = createSender({ egress })
  opened.unshift(sender)
  return sender
}
const receiverFor = async (...given: Parameters<typeof openReceiver>): Promise<Receiver> => {
  const receiver = await openReceiver(...given)
  opened.push(receiver)
  return receiver
}
/** A server that speaks for itself, and what it saw. */
const tcpServer = async (talk: (socket: Socket, connection: number) => void): Promise<string> => {
  let connections = 0
  const sockets = new Set<Socket>()
  const server: Server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    talk(socket, ++connections)
  })
  const port = await listen(server)
  opened.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(resolve))
    },
  })
  return `http://127.0.0.1:${port}/`
}

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

describe('6.3.8 notifications over HTTP', () => {
  it('post the body with its headers as they are written, text beyond ASCII as UTF-8', async () => {
    const receiver = await receiverFor()
    const headers = [
      ['Content-Type', 'application/ld+json'],
      ['X-CamelCase-Key', 'a b'],
      ['x-city', 'Thái Nguyên'],
      ['__proto__', 'a name like others'],
    ] as const
    const attempt = await senderFor({ mode: 'open' }).send(
      httpMessage(`${receiver.url}/a?b=c`, { headers, body: '{"ấ":1}' }),
    )
    expect(attempt).to.deep.include({ delivered: true, status: 200 })
    const [got] = receiver.received
    expect(got).to.include({ method: 'POST', url: '/a?b=c', body: '{"ấ":1}' })
    expect(got!.rawHeaders).to.include.members(['Content-Type', 'X-CamelCase-Key', 'x-city', '__proto__'])
    expect(Buffer.from(String(got!.headers['x-city']), 'latin1').toString('utf8')).to.equal('Thái Nguyên')
  })

  it('keep headers of the connection to the connection', async () => {
    const receiver = await receiverFor()
    const headers = [
      ['Host', 'other.test'],
      ['content-length', '1'],
      ['Transfer-Encoding', 'chunked'],
      ['Connection', 'upgrade'],
      ['Expect', '100-continue'],
    ] as const
    const attempt = await senderFor({ mode: 'open' }).send(httpMessage(receiver.url, { headers }))
    expect(attempt.delivered).to.equal(true)
    expect(receiver.received[0]!.headers).to.include({
      host: new URL(receiver.url).host,
      'content-length': String('{"type":"Notification"}'.length),
    })
  })

  for (const [name, value] of [
    ['bad name', 'x'],
    ['x-bad', 'a\r\nX-Injected: 1'],
  ] as const) {
    it(`refuse the header ${JSON.stringify(name)}: ${JSON.stringify(value)}`, async () => {
      const receiver = await receiverFor()
      const attempt = await senderFor({ mode: 'open' }).send(
        httpMessage(receiver.url, { headers: [[name, value]] }),
      )
      expect(attempt).to.include({
        delivered: false,
        reason: 'Notification has a header that HTTP cannot carry',
      })
      expect(receiver.received).to.deep.equal([])
    })
  }

  for (const status of [200, 201, 204, 299]) {
    it(`are delivered by ${status}`, async () => {
      const receiver = await receiverFor((_, answer) => answer.writeHead(status).end())
      expect(await senderFor({ mode: 'open' }).send(httpMessage(receiver.url))).to.deep.include({
        delivered: true,
        status,
      })
    })
  }

  for (const status of [300, 400, 404, 429, 500, 503]) {
    it(`fail by ${status}, and say so`, async () => {
      const receiver = await receiverFor((_, answer) =>
        answer.writeHead(status).end('secret of the receiver'),
      )
      const attempt = await senderFor({ mode: 'open' }).send(httpMessage(`${receiver.url}/token-in-path`))
      expect(attempt).to.include({ delivered: false, status })
      expect(attempt.reason).to.match(new RegExp(`^127\\.0\\.0\\.1:\\d+ answers ${status}`))
    })
  }

  for (const [retryAfter, least, most] of [
    ['7', 7000, 7000],
    [new Date(Date.now() + 60_000).toUTCString(), 30_000, 60_000],
  ] as const) {
    it(`say for how long a receiver asks to be left alone: ${/^\d/.test(retryAfter) ? 'seconds' : 'date'}`, async () => {
      const receiver = await receiverFor((_, answer) =>
        answer.writeHead(503, { 'Retry-After': retryAfter }).end(),
      )
      const attempt = await senderFor({ mode: 'open' }).send(httpMessage(receiver.url))
      expect(attempt.retryAfterMs).to.be.within(least, most)
    })
  }

  for (const retryAfter of ['-5', 'soon', '0', 'Thu, 01 Jan 1970 00:00:00 GMT', '9'.repeat(40)]) {
    it(`take no wish from Retry-After: ${retryAfter.slice(0, 30)}`, async () => {
      const receiver = await receiverFor((_, answer) =>
        answer.writeHead(429, { 'Retry-After': retryAfter }).end(),
      )
      const attempt = await senderFor({ mode: 'open' }).send(httpMessage(receiver.url))
      expect(attempt).to.have.all.keys('delivered', 'status', 'reason', 'milliseconds')
    })
  }

  it('follow no redirect, least of all to a private address', async () => {
    const inside = await receiverFor()
    const receiver = await receiverFor((_, answer) => answer.writeHead(307, { Location: inside.url }).end())
    const sender = senderFor({ mode: 'guarded', allowedOrigins: [receiver.url] })
    const attempt = await sender.send(httpMessage(receiver.url))
    expect(attempt).to.include({ delivered: false, status: 307 })
    expect(attempt.reason).to.match(/ answers 307, and redirects are not followed$/)
    expect(inside.received).to.deep.equal([])
  })

  it('fail where nobody listens, and say how, but no path and no body', async () => {
    const receiver = await receiverFor()
    await receiver.close()
    const attempt = await senderFor({ mode: 'open' }).send(httpMessage(`${receiver.url}/secret?token=secret`))
    expect(attempt).to.include({
      delivered: false,
      reason: `${new URL(receiver.url).host} cannot be reached (ECONNREFUSED)`,
    })
  })

  it('fail at their deadline, whatever arrives', async () => {
    const slow = await receiverFor(() => undefined)
    const trickling = await tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const timer = setInterval(() => socket.write('x: y\r\n'), 10)
      socket.on('close', () => clearInterval(timer))
    })
    const sender = senderFor({ mode: 'open' })
    for (const url of [slow.url, trickling]) {
      const attempt = await sender.send(httpMessage(url, { timeoutMs: 150 }))
      expect(attempt).to.include({
        delivered: false,
        reason: `${new URL(url).host} did not answer within 150 ms`,
      })
      expect(attempt.milliseconds).to.be.within(140, 2000)
    }
  })

  it('do not wait for the body of an answer, nor read a huge one', async () => {
    let written = 0
    const huge = await receiverFor((_, answer) => {
      answer.writeHead(200)
      const more = (): void => {
        if (answer.destroyed) return
        written += 65_536
        answer.write(Buffer.alloc(65_536), () => setImmediate(more))
      }
      more()
    })
    const endless = await receiverFor((_, answer) => answer.writeHead(202).flushHeaders())
    const sender = senderFor({ mode: 'open' })
    expect(await sender.send(httpMessage(huge.url))).to.include({ delivered: true, status: 200 })
    expect(await sender.send(httpMessage(endless.url, { timeoutMs: 60_000 }))).to.include({
      delivered: true,
      status: 202,
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const soFar = written
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(written).to.equal(soFar)
  })

  it('use a connection again', async () => {
    const connections = new Set<unknown>()
    const receiver = await receiverFor((request, answer) => {
      connections.add(request.socket)
      answer.end('short')
    })
    const sender = senderFor({ mode: 'open' })
    for (let n = 0; n < 5; n++)
      expect((await sender.send(httpMessage(receiver.url))).delivered).to.equal(true)
    expect(connections.size).to.be.at.most(2) // the end of an answer is not waited for
  })

  for (const head of [
    'HTTP/1.0 200 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  ]) {
    it(`lose no attempt on a receiver that closes after ${JSON.stringify(head)}`, async () => {
      let answered = 0
      const url = await tcpServer((socket) => {
        socket.on('data', (data) => {
          if (!String(data).endsWith('}')) return
          answered++
          socket.end(head)
        })
      })
      const sender = senderFor({ mode: 'open' })
      for (let n = 0; n < 20; n++) {
        expect(await sender.send(httpMessage(url))).to.include({ delivered: true, status: 200 })
      }
      expect(answered).to.equal(20)
    })
  }

  it('lose no attempt on a kept connection that is reset when it is used again', async () => {
    const url = await tcpServer((socket, connection) => {
      let asked = 0
      socket.on('data', (data) => {
        if (!String(data).endsWith('}')) return
        if (++asked === 2 && connection === 1) socket.resetAndDestroy()
        else socket.write('HTTP/1.1 204 No Content\r\n\r\n')
      })
    })
    const sender = senderFor({ mode: 'open' })
    for (let n = 0; n < 3; n++)
      expect((await sender.send(httpMessage(url))).delivered, String(n)).to.equal(true)
  })

  it('fail on a receiver that hangs up on each message', async () => {
    let connections = 0
    const url = await tcpServer((socket, connection) => {
      connections = connection
      socket.on('data', () => socket.destroy())
    })
    expect((await senderFor({ mode: 'open' }).send(httpMessage(url))).delivered).to.equal(false)
    expect(connections).to.be.within(1, 2)
  })

  it('fail on an answer that is not HTTP', async () => {
    const url = await tcpServer((socket) => socket.on('data', () => socket.end('220 mail.test ESMTP\r\n')))
    const attempt = await senderFor({ mode: 'open' }).send(httpMessage(url))
    expect(attempt.delivered).to.equal(false)
    expect(attempt.reason)
      .to.match(/^127\.0\.0\.1:\d+ cannot be reached/)
      .and.not.include('mail')
  })
})

describe('6.3.8 notifications over HTTP: where they may go', () => {
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f.1']) {
    it(`goes not to ${host} from a guarded hub, unless it is allowed`, async () => {
      const receiver = await receiverFor()
      const { port } = new URL(receiver.url)
      const sender = senderFor({ mode: 'guarded' })
      const attempt = await sender.send(httpMessage(`http://${host}:${port}/`))
      expect(attempt.delivered).to.equal(false)
      expect(attempt.reason).to.match(/ that the hub may not call$/)
      expect(receiver.received).to.deep.equal([])
    })
  }

  it('fail alike from a guarded hub where the name is unknown and where its address is private', async () => {
    const reasons = ['localhost', 'nowhere.invalid'].map(async (host) => {
      const { reason } = await senderFor({ mode: 'guarded' }).send(httpMessage(`http://${host}:9/`))
      return reason?.replace(host, 'HOST')
    })
    const [refused, unknown] = await Promise.all(reasons)
    expect(refused).to.match(/ that the hub may not call$/)
    expect(unknown).to.equal(refused)
  })

  for (const url of [
    'ftp://receiver.test/',
    'file:///etc/hostname',
    'no url',
    'http://user:word@receiver.test/',
  ]) {
    it(`goes not to ${url}`, async () => {
      const attempt = await senderFor({ mode: 'open' }).send(httpMessage(url))
      expect(attempt.delivered).to.equal(false)
      expect(attempt.reason)
        .to.match(/^Target /)
        .and.not.include('word')
    })
  }
})

describe('hub extension: signed notifications (Standard Webhooks)', () => {
  it('carry an HMAC of id, time and body, which no header of the subscriber replaces', async () => {
    const receiver = await receiverFor()
    const key = randomBytes(24)
    await senderFor({ mode: 'open' }).send(
      httpMessage(receiver.url, {
        signingSecret: `whsec_${key.toString('base64')}`,
        headers: [['Webhook-Id', 'forged']],
        body: '{"a":"ấ"}',
      }),
    )
    const { headers, body } = receiver.received[0]!
    expect(headers['webhook-id']).to.equal('urn:ngsi-ld:Notification:1')
    expect(Number(headers['webhook-timestamp'])).to.be.closeTo(Date.now() / 1000, 5)
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    expect(headers['webhook-signature']).to.equal(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    )
  })

  it('are signed as the example of the specification is', async () => {
    const { signatureHeaders } = await import('../../../broker/subscriptions/deliver/sign-body.ts')
    const headers = signatureHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      seconds: 1614265330,
      body: '{"test": 2432232314}',
    })
    expect(headers['webhook-signature']).to.equal('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })
})

const withCertificates = hasOpenssl() ? describe : describe.skip
withCertificates(`notifications over TLS${hasOpenssl() ? '' : ' SKIPPED: openssl is not there'}`, () => {
  let certificates: Certificates
  let url: string
  let names: string[]
  before(() => {
    certificates = makeCertificates()
  })
  beforeEach(async () => {
    names = []
    const { server, authority } = certificates
    const receiver = createTlsServer(
      {
        cert: server.certificate,
        key: server.key,
        ca: authority.certificate,
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, answer) => {
        const socket = request.socket as TLSSocket // a server of TLS has no other
        names.push(String(socket.getPeerCertificate().subject.CN))
        request.resume().on('end', () => answer.end())
      },
    )
    url = `https://localhost:${await listen(receiver)}/`
    opened.push({
      close: () => {
        receiver.closeAllConnections()
        return new Promise((resolve) => receiver.close(resolve))
      },
    })
  })

  it('show the certificate of the subscription, and trust its authorities', async () => {
    const { client, authority } = certificates
    const tls = {
      certificate: client.certificate,
      certificateKey: client.key,
      authorities: authority.certificate,
    }
    expect(await senderFor({ mode: 'open' }).send(httpMessage(url, { tls }))).to.include({ delivered: true })
    expect(names).to.deep.equal(['client'])
  })

  it('fail without a certificate that the receiver asks for, also after one that had it', async () => {
    const { client, authority } = certificates
    const sender = senderFor({ mode: 'open' })
    const tls = { authorities: authority.certificate }
    const shown = { ...tls, certificate: client.certificate, certificateKey: client.key }
    expect((await sender.send(httpMessage(url, { tls: shown }))).delivered).to.equal(true)
    expect((await sender.send(httpMessage(url, { tls }))).delivered).to.equal(false)
    expect(names).to.deep.equal(['client'])
  })

  it('fail when the receiver is not trusted, and say why', async () => {
    const attempt = await senderFor({ mode: 'open' }).send(httpMessage(url))
    expect(attempt.delivered).to.equal(false)
    expect(attempt.reason).to.match(/cannot be reached \((SELF_SIGNED|UNABLE_TO)[A-Z_]+\)$/)
    expect(names).to.deep.equal([])
  })

  it('fail with a key that is none, and say nothing of it', async () => {
    const tls = { certificate: 'nonsense', certificateKey: 'nonsense' }
    const attempt = await senderFor({ mode: 'open' }).send(httpMessage(url, { tls }))
    expect(attempt.delivered).to.equal(false)
    expect(attempt.reason).to.not.include('nonsense')
  })
})
