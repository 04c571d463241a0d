import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { signatureHeaders } from '../../../broker/subscriptions/deliver/sign-body.ts'
import { type Notification, receiver } from '../../../openapi/client/client.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const OTHER = `whsec_${Buffer.alloc(32, 8).toString('base64')}`
const NOW = Math.floor(Date.now() / 1000)
const BODY = JSON.stringify({
  id: 'urn:n:1',
  type: 'Notification',
  subscriptionId: 'urn:s:1',
  data: [{ id: 'urn:x:1', name: 'Phổ Yên' }],
})

describe('client: receiver of notifications', () => {
  let taken: Notification[] = []
  let fails = false
  const receive = (notification: Notification) => {
    if (fails) throw new Error('Disk is full')
    taken.push(notification)
  }
  const hook = receiver({ secret: SECRET, receive, largest: 1000 })
  beforeEach(() => {
    taken = []
    fails = false
  })
  const sent = (headers: Readonly<Record<string, string>>, body = BODY, method = 'POST') =>
    new Request('http://127.0.0.1/hook', { method, headers, ...(method === 'POST' && { body }) })
  const signed = (id: string, { secret = SECRET, body = BODY, seconds = NOW } = {}) =>
    signatureHeaders(secret, { id, body, seconds })
  const status = async (request: Request, by = hook) => (await by.fetch(request)).status

  it('takes what the hub signed, once', async () => {
    expect(await status(sent(signed('a')))).to.equal(204)
    expect(await status(sent(signed('a')))).to.equal(204)
    expect(taken).to.deep.equal([JSON.parse(BODY)])
  })

  it('lets the hub send again what could not be taken', async () => {
    fails = true
    expect(await status(sent(signed('b')))).to.equal(500)
    fails = false
    expect(await status(sent(signed('b')))).to.equal(204)
    expect(taken).to.have.length(1)
  })

  it('takes either of two secrets while one takes the place of the other, and either of two signatures', async () => {
    const both = receiver({ secret: [OTHER, SECRET], receive })
    expect(await status(sent(signed('c')), both)).to.equal(204)
    expect(await status(sent(signed('d', { secret: OTHER })), both)).to.equal(204)
    const { 'webhook-signature': right, ...head } = signed('e')
    const { 'webhook-signature': wrong } = signed('e', { secret: OTHER })
    expect(await status(sent({ ...head, 'webhook-signature': `v1a,xx ${wrong} ${right}` }))).to.equal(204)
  })

  const { 'webhook-signature': signature = '', ...unsigned } = signed('f')
  const REFUSED: readonly (readonly [string, number, Request])[] = [
    ['another secret', 401, sent(signed('f', { secret: OTHER }))],
    ['another body', 401, sent(signed('f'), BODY.replace('Phổ', 'Thái'))],
    ['another id', 401, sent({ ...signed('f'), 'webhook-id': 'g' })],
    ['another time', 401, sent({ ...signed('f'), 'webhook-timestamp': String(NOW + 1) })],
    ['an old message', 401, sent(signed('f', { seconds: NOW - 400 }))],
    ['a message from a time to come', 401, sent(signed('f', { seconds: NOW + 400 }))],
    ['no signature', 401, sent(unsigned)],
    ['no headers', 401, sent({})],
    [
      'a signature of another version',
      401,
      sent({ ...unsigned, 'webhook-signature': signature.replace('v1,', 'v2,') }),
    ],
    ['a signature that is no base64', 401, sent({ ...unsigned, 'webhook-signature': 'v1,?' })],
    ['a body that is no JSON', 400, sent(signed('g', { body: '{' }), '{')],
    ['a body that is too large', 413, sent(signed('h'), 'x'.repeat(1001))],
    ['a question', 405, sent(signed('f'), '', 'GET')],
  ]
  for (const [what, expected, request] of REFUSED)
    it(`refuses ${what}`, async () => {
      expect(await status(request)).to.equal(expected)
      expect(taken).to.deep.equal([])
    })

  it('serves with the http server of Node as well', async () => {
    const server = createServer((request, response) => void hook.node(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
    const post = async (headers: Readonly<Record<string, string>>) =>
      (await fetch(url, { method: 'POST', headers, body: BODY })).status
    expect([await post(signed('i')), await post(signed('j', { secret: OTHER }))]).to.deep.equal([204, 401])
    expect(taken).to.have.length(1)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('has nothing to do with a secret that is none', async () => {
    const none = receiver({ secret: 'whsec_?', receive })
    expect(await none.fetch(sent(signed('k'))).then(() => undefined, String)).to.match(/no base64/)
  })
})
