import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { expect } from 'chai'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { ConfigError } from '../../broker/config-error.ts'
import { readConfig } from '../../broker/read-config.ts'
import { type Certificates, hasOpenssl, makeCertificates } from '../support/certificates.ts'
import { logLines, startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'
const POLICIES = `
description: Everybody reads, one role registers and writes
rules:
  - { id: all, effect: permit, subject: { any: true }, action: read }
  - { id: works, effect: permit, subject: { role: works }, action: [read, create, update, delete] }
  - { id: clear, effect: permit, subject: { role: works }, action: read, resource: { class: [none, basic, sensitive, unclassified] } }
  - { id: registers, effect: permit, subject: { role: works }, action: [read, create, update, delete], resource: { kind: registration } }
`
const SOURCES = ['forward', 'on-behalf', 'exchange', 'none', 'usual'] as const
type SourceName = (typeof SOURCES)[number] | 'secure' | 'stranger'

interface Listening {
  readonly url: string
  close(): Promise<void>
}

async function listen(server: Server, scheme = 'http'): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

describe('Trust between hubs: what each source is shown', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hub-trust-'))
  const asked = new Map<SourceName, { readonly headers: IncomingHttpHeaders; readonly method: string }[]>()
  const grants: Record<string, string>[] = []
  /** Tokens that sources refuse. */
  const refused = new Set<string>()
  const open: Listening[] = []
  const urls = new Map<SourceName, string>()
  let redirect: string | undefined
  let issues = true
  let key: CryptoKey
  let issuer: string
  let certificates: Certificates | undefined
  let hub: TestHub

  const answerAs =
    (name: SourceName): RequestListener =>
    (request, response) => {
      const { headers, method = '' } = request
      const certificate = (request.socket as TLSSocket).getPeerCertificate?.().subject?.CN
      asked.get(name)?.push({ method, headers: { ...headers, ...(certificate && { certificate }) } })
      if (redirect !== undefined) return void response.writeHead(307, { Location: redirect }).end()
      if (refused.has(headers.authorization ?? '')) return void response.writeHead(401).end()
      response.writeHead(method === 'GET' ? 200 : 204, { 'Content-Type': 'application/json' })
      response.end(method === 'GET' ? '[]' : undefined)
    }

  /** Client credentials and token exchange: a token says what it was given for. */
  const issue: RequestListener = async (request, response) => {
    response.setHeader('Content-Type', 'application/json')
    if (request.method === 'GET') {
      return void response.end(JSON.stringify({ keys: [jwk] }))
    }
    const form = Object.fromEntries(new URLSearchParams(await text(request)))
    const [client = '', secret = ''] = Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64')
      .toString()
      .split(':')
    grants.push({ ...form, client, secret })
    if (!issues) return void response.writeHead(400).end('{"error":"invalid_grant"}')
    const kind = form.subject_token === undefined ? 'for-itself' : `for-${subjectOf(form.subject_token)}`
    const token = `${client}-${kind}-${grants.length}`
    response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 600 }))
  }
  let jwk: object = {}

  before(async () => {
    const keys = await generateKeyPair('ES256')
    key = keys.privateKey
    jwk = { ...(await exportJWK(keys.publicKey)), kid: '1', alg: 'ES256', use: 'sig' }
    const started = await listen(createServer(issue))
    open.push(started)
    issuer = started.url
    for (const name of [...SOURCES, 'stranger'] as const) {
      const source = await listen(createServer(answerAs(name)))
      open.push(source)
      urls.set(name, source.url)
    }
    certificates = hasOpenssl() ? makeCertificates() : undefined
    if (certificates) {
      const { server, authority } = certificates
      const options = { cert: server.certificate, key: server.key, ca: authority.certificate }
      const source = await listen(
        createTlsServer({ ...options, requestCert: true, rejectUnauthorized: true }, answerAs('secure')),
        'https',
      )
      open.push(source)
      urls.set('secure', source.url)
    }
    writeFileSync(join(directory, 'policies.yaml'), POLICIES)
    writeFileSync(join(directory, 'secret'), 'secret-of-a-file\n')
    const tls = certificates && {
      certificate: certificates.client.certificateFile,
      certificateKey: certificates.client.keyFile,
      authorities: certificates.authority.certificateFile,
    }
    const credentials: Readonly<Record<string, object>> = {
      forward: { identity: 'forward' },
      'on-behalf': { client: 'province-1', secret: 'secret-1' },
      exchange: {
        identity: 'exchange',
        client: 'province-2',
        secretFile: join(directory, 'secret'),
        audience: 'urn:a-city',
      },
      none: { identity: 'none', client: 'province-3', secret: 'secret-3' },
      usual: {},
      secure: { identity: 'forward', tls },
    }
    hub = await startTestHub({
      name: 'province',
      'auth.mode': 'required',
      'auth.policies': [join(directory, 'policies.yaml')],
      'auth.issuers': [{ issuer, jwksUri: `${issuer}/keys` }],
      'egress.allow': [issuer, ...urls.values()],
      'federation.client': 'province-0',
      'federation.secret': 'secret-0',
      'federation.tokenUrl': `${issuer}/token`,
      'federation.sources': [...urls]
        .filter(([name]) => name !== 'stranger')
        .map(([name, endpoint]) => ({ name, endpoint, types: [typeOf(name)], ...credentials[name] })),
    })
  })
  after(async () => {
    await hub.stop()
    await Promise.all(open.map((each) => each.close()))
    rmSync(directory, { recursive: true, force: true })
  })
  beforeEach(() => {
    for (const name of urls.keys()) asked.set(name, [])
    grants.splice(0)
    refused.clear()
    redirect = undefined
    issues = true
  })

  const typeOf = (name: SourceName) => `Type_${name.replace('-', '_')}`
  const subjectOf = (token: string): string =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub
  const tokens = new Map<string, string>()
  async function tokenOf(subject: string): Promise<string> {
    const known = tokens.get(subject)
    if (known !== undefined) return known
    const purpose = ['mending', 'counting']
    const claims = { iss: issuer, aud: 'urn:urban-data-hub', sub: subject, role: [subject], purpose }
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: '1', typ: 'at+jwt' })
      .setExpirationTime('10m')
      .sign(key)
    tokens.set(subject, token)
    return token
  }
  const as = async (subject: string | undefined): Promise<Record<string, string>> =>
    subject === undefined ? {} : { Authorization: `Bearer ${await tokenOf(subject)}` }
  const read = async (name: SourceName, subject?: string) =>
    hub.send(`${ENTITIES}?type=${typeOf(name)}`, { headers: await as(subject) })
  const register = async (members: object) => {
    const body = {
      type: 'ContextSourceRegistration',
      information: [{ entities: [{ type: 'Elsewhere' }] }],
      ...members,
    }
    const { status, text, headers } = await hub.send(REGISTRATIONS, {
      method: 'POST',
      body,
      headers: await as('works'),
    })
    expect(status, text).to.equal(201)
    return `${headers.location}`
  }
  const shown = (name: SourceName): readonly (string | undefined)[][] =>
    (asked.get(name) ?? []).map(({ headers }) => [
      headers.authorization,
      [headers['hub-on-behalf-of']].flat()[0],
    ])
  const warnings = ({ headers }: { readonly headers: object }) =>
    'ngsild-warning' in headers ? String(headers['ngsild-warning']) : ''

  it('the caller’s token itself, beside the hub’s own, in exchange for it, or not at all', async () => {
    for (const name of SOURCES) await read(name, 'an')
    const token = await tokenOf('an')
    expect(shown('forward')).to.deep.equal([[`Bearer ${token}`, undefined]])
    expect(shown('on-behalf')).to.deep.equal([['Bearer province-1-for-itself-1', token]])
    expect(shown('exchange')).to.deep.equal([['Bearer province-2-for-an-2', undefined]])
    expect(shown('none')).to.deep.equal([['Bearer province-3-for-itself-3', undefined]])
    expect(shown('usual')).to.deep.equal([['Bearer province-0-for-itself-4', token]])
    expect(grants[1]).to.deep.equal({
      client: 'province-2',
      secret: 'secret-of-a-file',
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: 'urn:a-city',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    })
    expect(grants[3]).to.deep.equal({
      client: 'province-0',
      secret: 'secret-0',
      grant_type: 'client_credentials',
      resource: 'urn:urban-data-hub',
    })
  })

  it('nothing for somebody who shows nothing here: the source must not take that for the hub itself', async () => {
    for (const name of SOURCES) await read(name)
    for (const name of ['forward', 'on-behalf', 'exchange', 'usual'] as const)
      expect(shown(name), name).to.deep.equal([[undefined, undefined]])
    expect(shown('none')[0]?.[0]).to.match(/^Bearer province-3-for-itself/)
  })

  it('what it is for, beside the caller’s token alone', async () => {
    const contextSourceInfo = [{ key: 'Hub-Purpose', value: 'urn:ngsi-ld:request' }]
    const location = await register({ endpoint: urls.get('stranger'), contextSourceInfo })
    const headers = { ...(await as('an')), 'Hub-Purpose': 'counting' }
    for (const type of [...SOURCES.map(typeOf), 'Elsewhere'])
      await hub.send(`${ENTITIES}?type=${type}`, { headers })
    await hub.send(location, { method: 'DELETE', headers: await as('works') })
    const purposes = (name: SourceName) => asked.get(name)?.map(({ headers: got }) => got['hub-purpose'])
    for (const name of ['forward', 'on-behalf', 'exchange', 'usual'] as const)
      expect(purposes(name), name).to.deep.equal(['counting'])
    for (const name of ['none', 'stranger'] as const) expect(purposes(name), name).to.deep.equal([undefined])
    await read('forward', 'an')
    await read('forward')
    expect(purposes('forward'), 'the first of a token, and none of nobody').to.deep.equal([
      ...['counting', 'mending'],
      undefined,
    ])
    const other = await hub.send(`${ENTITIES}?type=${typeOf('forward')}`, {
      headers: { ...headers, 'Hub-Purpose': 'other' },
    })
    expect(other.status).to.equal(403)
  })

  it('tokens that were issued once, until they end, and nobody those of somebody else', async () => {
    for (const subject of ['binh', 'chi', 'binh', 'chi', 'binh']) await read('exchange', subject)
    expect(grants.map(({ subject_token: token = '' }) => subjectOf(token))).to.deep.equal(['binh', 'chi'])
    expect(shown('exchange').map(([token]) => token?.replace(/\d+$/, ''))).to.deep.equal(
      ['binh', 'chi', 'binh', 'chi', 'binh'].map((name) => `Bearer province-2-for-${name}-`),
    )
  })

  it('another token once when one is refused, with which a read is sent again', async () => {
    await read('none', 'an')
    const [[first] = []] = shown('none')
    refused.add(first ?? '')
    expect(warnings(await read('none', 'an'))).to.equal('')
    expect(grants).to.have.length(1)
    const [, again, other] = shown('none').map(([token]) => token)
    expect(again).to.equal(first)
    expect(other).to.not.equal(first)
    refused.add(other ?? '')
    expect(warnings(await read('none', 'an'))).to.include('answered with status 401')
    expect(warnings(await read('none', 'an'))).to.include('answered with status 401')
    expect(grants, 'a source that refuses everything').to.have.length(1)
  })

  it('a write once, whatever becomes of it', async () => {
    const location = await register({
      endpoint: urls.get('usual'),
      mode: 'redirect',
      operations: ['redirectionOps'],
      information: [{ entities: [{ type: 'Written' }] }],
    })
    const write = async () =>
      hub.send(`${ENTITIES}/urn:e:1/attrs?type=Written`, {
        method: 'PATCH',
        body: { line: { type: 'Property', value: 1 } },
        headers: await as('works'),
      })
    await write()
    const [[first] = []] = shown('usual')
    refused.add(first ?? '')
    expect((await write()).status).to.be.within(400, 599)
    expect(shown('usual')).to.have.length(2)
    expect((await write()).status, 'with the next token').to.equal(204)
    await hub.send(location, { method: 'DELETE', headers: await as('works') })
  })

  it('nothing of any of these when somebody registers an endpoint, or changes that of a source', async () => {
    const endpoint = urls.get('stranger') ?? ''
    const contextSourceInfo = [{ key: 'Authorization', value: 'urn:ngsi-ld:request' }]
    const location = await register({ endpoint, contextSourceAlias: 'usual', contextSourceInfo })
    await hub.send(`${ENTITIES}?type=Elsewhere`, { headers: { ...(await as('an')), Cookie: 'session=1' } })
    await hub.send(location, { method: 'DELETE', headers: await as('works') })
    for (const name of [...SOURCES, ...(certificates ? (['secure'] as const) : [])]) {
      const path = `${REGISTRATIONS}/urn:ngsi-ld:ContextSourceRegistration:${name}`
      const move = async (to: string | undefined) => {
        const body = { endpoint: to, contextSourceInfo }
        const { status, text } = await hub.send(path, { method: 'PATCH', body, headers: await as('works') })
        expect(status, text).to.equal(204)
      }
      await move(endpoint)
      await read(name, 'an')
      await move(urls.get(name))
      await hub.send(path, {
        method: 'PATCH',
        body: { contextSourceInfo: null },
        headers: await as('works'),
      })
    }
    expect(asked.get('stranger')?.length).to.be.at.least(6)
    for (const { headers } of asked.get('stranger') ?? [])
      expect(headers).to.not.have.any.keys('authorization', 'hub-on-behalf-of', 'cookie')
    expect(grants).to.deep.equal([])
  })

  it('nothing elsewhere when the source sends us there', async () => {
    redirect = `${urls.get('stranger')}/`
    expect(warnings(await read('forward', 'an'))).to.include('answered with status 307')
    expect(asked.get('stranger')).to.deep.equal([])
  })

  it('certificates over TLS, where the source has some', async function () {
    if (!certificates) return this.skip()
    expect(warnings(await read('secure', 'an'))).to.equal('')
    expect(asked.get('secure')?.[0]?.headers).to.include({ certificate: 'client' })
    const endpoint = `${urls.get('secure')}`.replace('127.0.0.1', 'localhost')
    const location = await register({ endpoint })
    const answer = await hub.send(`${ENTITIES}?type=Elsewhere`, { headers: await as('works') })
    expect(warnings(answer), 'the same server under another name').to.match(/199/)
    expect(asked.get('secure')).to.have.length(1)
    await hub.send(location, { method: 'DELETE', headers: await as('works') })
  })

  it('nothing while its issuer gives no token, and a warning says so', async () => {
    issues = false
    expect(warnings(await read('exchange', 'dung'))).to.equal(
      '199 province "Source exchange could not be asked: its issuer gave no token"',
    )
    await read('exchange', 'dung')
    expect(grants, 'an issuer that refuses is not asked again at once').to.have.length(1)
    expect(asked.get('exchange')).to.deep.equal([])
  })

  it('no reader of registrations or of the log', async () => {
    const { text } = await hub.send(REGISTRATIONS, { headers: await as('works') })
    const lines = logLines.join('\n')
    for (const secret of [
      'secret-0',
      'secret-1',
      'secret-of-a-file',
      'province-1-for',
      await tokenOf('an'),
    ]) {
      expect(text).to.not.include(secret)
      expect(lines).to.not.include(secret)
    }
  })
})

describe('Configuration of sources', () => {
  async function faults(
    source: object,
    settings: object = {},
    environment: Record<string, string> = {},
  ): Promise<readonly string[]> {
    const all = {
      'auth.mode': 'off',
      'federation.sources': [{ name: 'city', endpoint: 'https://city.example', types: ['A'], ...source }],
      ...settings,
    }
    const flags = Object.fromEntries(
      Object.entries(all).map(([path, value]) => [path, { flag: path, value }]),
    )
    try {
      await readConfig({ environment, flags })
      return []
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      return error.faults.map(({ text }) => text.replace('Source city ', ''))
    }
  }
  const ISSUER = { client: 'c', tokenUrl: 'https://sso.example/token' }

  it('names what does not go together', async () => {
    const cases: readonly (readonly [object, string | undefined])[] = [
      [{}, undefined],
      [{ ...ISSUER, secret: 's' }, undefined],
      [{ identity: 'exchange' }, 'needs a client for identity exchange'],
      [{ identity: 'on-behalf' }, 'needs a client for identity on-behalf'],
      [{ client: 'c' }, 'has a client, and no tokenUrl'],
      [{ ...ISSUER, tokenUrl: 'ftp://sso.example' }, 'has an address that is no http or https URL'],
      [
        { ...ISSUER, secret: 's', secretVariable: 'CITY_SECRET' },
        'has more than one of secret, secretFile and secretVariable',
      ],
      [
        { ...ISSUER, secret: 's', secretFile: 'x' },
        'Setting federation.sources.0.secret is given, and secretFile too',
      ],
      [
        { ...ISSUER, secretFile: '/nowhere/secret' },
        'Setting federation.sources.0.secret names the file /nowhere/secret, which cannot be read',
      ],
      [
        { ...ISSUER, secretVariable: 'CITY_SECRET' },
        'has its secret in the variable CITY_SECRET, which is not set',
      ],
      [
        { tls: { authorities: join(process.cwd(), 'package.json') } },
        'has a certificate, key or authorities that are no PEM',
      ],
    ]
    for (const [source, text] of cases) {
      const found = await faults(source)
      if (text === undefined) expect(found, JSON.stringify(source)).to.deep.equal([])
      else expect(found, JSON.stringify(source)).to.include(text)
    }
    expect(await faults({ tokenUrl: 'https://sso.example' })).to.have.length(1)
    expect(await faults({ tls: { certificate: 'x' } })).to.have.length(1)
  })

  it('lets nothing of callers leave the machine over http, unless that is said', async () => {
    const text =
      'has an http address, where tokens and personal data can be read on the way; plainHttp allows it'
    const required = { 'auth.mode': 'required' }
    for (const source of [
      { endpoint: 'http://city.example' },
      { endpoint: 'http://10.20.0.12:1026' },
      { endpoint: 'http://127.0.0.1.example' },
      { ...ISSUER, tokenUrl: 'http://sso.example/token' },
    ]) {
      expect(await faults(source, required), JSON.stringify(source)).to.include(text)
      expect(await faults(source, { ...required, 'federation.plainHttp': true })).not.to.include(text)
      expect(await faults(source)).to.deep.equal([])
    }
    for (const endpoint of [
      'https://city.example',
      'http://127.0.0.1:1027',
      'http://localhost',
      'http://[::1]:1',
    ])
      expect(await faults({ endpoint }, required), endpoint).not.to.include(text)
  })

  it('takes a secret from the environment', async () => {
    const source = { ...ISSUER, secretVariable: 'CITY_SECRET' }
    expect(await faults(source, {}, { CITY_SECRET: 's' })).to.deep.equal([])
  })
})
