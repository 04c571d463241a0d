import { join } from 'node:path'
import { expect } from 'chai'
import { decodeProtectedHeader } from 'jose'
import { packageRoot } from '../../ontology/package-root.ts'
import { hashOfTest } from '../support/hash-of-test.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const KEYS = '/hub/v1/identity/keys'

describe('/hub/v1/identity/keys', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({
      'auth.mode': 'required',
      'auth.policies': [join(packageRoot, 'config/policies/demo.yaml')],
      'identity.enabled': true,
      'identity.clients': [
        { id: 'operations', secret: await hashOfTest('a secret'), roles: ['administrator'] },
        { id: 'officer', secret: await hashOfTest('a secret'), roles: ['dpo'] },
      ],
    })
  })
  after(() => hub.stop())

  const tokenOf = async (client: string): Promise<string> => {
    const { body } = await hub.send('/oidc/token', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${client}:a secret`).toString('base64')}`,
      },
      body: 'grant_type=client_credentials',
    })
    return body.access_token
  }
  const as = (token: string) => ({ authorization: `Bearer ${token}` })

  it('lets administrators see and change them, and nobody else', async () => {
    const administrator = await tokenOf('operations')
    const before = await hub.send(KEYS, { headers: as(administrator) })
    expect(before.status).to.equal(200)
    expect(before.body.keys.map(({ use }: { use: string }) => use)).to.deep.equal(['signs', 'next'])
    expect(decodeProtectedHeader(administrator).kid).to.equal(before.body.keys[0].kid)
    expect(before.text).not.to.contain('"d"')
    for (const [status, headers] of [
      [401, {}],
      [403, as(await tokenOf('officer'))],
    ] as const) {
      expect((await hub.send(KEYS, { headers })).status).to.equal(status)
      expect((await hub.send(KEYS, { method: 'POST', body: {}, headers })).status).to.equal(status)
    }

    const after = await hub.send(KEYS, { method: 'POST', body: {}, headers: as(administrator) })
    expect(after.status, after.text).to.equal(200)
    expect(after.body.keys[0].kid).to.equal(before.body.keys[1].kid)
    expect(after.body.keys[2]).to.include({ kid: before.body.keys[0].kid, use: 'former' })
    expect((await hub.send(KEYS, { headers: as(administrator) })).status, 'signed before').to.equal(200)
    const fresh = await tokenOf('operations')
    expect(decodeProtectedHeader(fresh).kid).to.equal(before.body.keys[1].kid)
    expect((await hub.send(KEYS, { headers: as(fresh) })).status).to.equal(200)
  })

  it('takes nothing but withdraw', async () => {
    const headers = as(await tokenOf('operations'))
    for (const body of [[], { withdraw: 'yes' }, { other: true }]) {
      expect((await hub.send(KEYS, { method: 'POST', body, headers })).status).to.equal(400)
    }
  })

  it('are not all that can be taken back: a token that is revoked is refused at once', async () => {
    const revoked = await tokenOf('operations')
    expect((await hub.send(KEYS, { headers: as(revoked) })).status).to.equal(200)
    const { status } = await hub.send('/oidc/token/revocation', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from('operations:a secret').toString('base64')}`,
      },
      body: `token=${revoked}`,
    })
    expect(status).to.equal(200)
    expect((await hub.send(KEYS, { headers: as(revoked) })).status).to.equal(401)
    expect((await hub.send(KEYS, { headers: as(await tokenOf('operations')) })).status).to.equal(200)
  })

  it('can all be withdrawn, with every token that they signed', async () => {
    const headers = as(await tokenOf('operations'))
    const { status, body } = await hub.send(KEYS, { method: 'POST', body: { withdraw: true }, headers })
    expect(status).to.equal(200)
    expect(body.keys).to.have.length(2)
    expect((await hub.send(KEYS, { headers })).status).to.equal(401)
    expect((await hub.send(KEYS, { headers: as(await tokenOf('operations')) })).status).to.equal(200)
  })
})
