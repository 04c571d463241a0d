import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { request } from 'undici'
import { SECRETS } from '../../broker/config-secrets.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { hashPassword } from '../../security/identity/password.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'

const run = promisify(execFile)
const HUB = join(packageRoot, 'broker/cli/hub.js')

describe('e2e: secrets of the configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-secrets-'))
  const canaries = new Map<string, string>()
  const environment = { ...process.env, NODE_V8_COVERAGE: '' }
  let hub: ChildProcess | undefined
  let url = ''
  let printed = ''

  /** Puts a secret into a file; answers the name of the file. */
  const inFile = (name: string, secret: string): string => {
    canaries.set(name, secret)
    writeFileSync(join(folder, name), `${secret}\n`, { mode: 0o600 })
    return name
  }
  const canary = (name: string): string => `canary-of-${name}-${'x'.repeat(32)}`

  before(async () => {
    const hash = (name: string) => hashPassword(canary(name))
    const settings = {
      name: 'canary',
      data: join(folder, 'data'),
      listen: { port: await freePort() },
      log: { level: 'debug' },
      secretFile: inFile('secret', Buffer.from(canary('secret')).toString('base64url')),
      store: { mongodb: { urlFile: inFile('url', `mongodb://hub:${canary('url')}@127.0.0.1:9`) } },
      auth: { policies: [join(packageRoot, 'config/policies/demo.yaml')] },
      context: { default: 'ontology' },
      identity: {
        enabled: true,
        demoGrant: true,
        secondFactor: [],
        demoPasswordFile: inFile('demo', canary('demo')),
        accounts: [
          { name: 'dpo', roles: ['dpo'], passwordFile: inFile('account', await hash('account')) },
          { name: 'analyst', roles: ['analyst'] },
        ],
        clients: [{ id: 'machine', roles: ['feed'], secretFile: inFile('client', await hash('client')) }],
      },
      federation: {
        client: 'hub.canary',
        tokenUrl: 'http://127.0.0.1:9/token',
        secretFile: inFile('federation', canary('federation')),
        sources: [
          {
            name: 'away',
            endpoint: 'http://127.0.0.1:9',
            types: ['ServiceRequest'],
            client: 'c',
            tokenUrl: 'http://127.0.0.1:9/token',
            secretFile: inFile('source', canary('source')),
          },
        ],
      },
    }
    writeFileSync(join(folder, 'hub.yaml'), JSON.stringify(settings))
    writeFileSync(join(folder, 'short'), 'canary-too-short', { mode: 0o644 })
    writeFileSync(join(folder, 'faulty.yaml'), 'secretFile: short\nfederation: { secret: canary-inline }\n')
    hub = spawn(process.execPath, [HUB, 'serve', '--config', join(folder, 'hub.yaml')], { env: environment })
    for (const stream of [hub.stdout, hub.stderr]) stream?.on('data', (piece) => (printed += String(piece)))
    await until(
      'a hub that listens',
      () => {
        if (hub?.exitCode) throw new Error(`Hub does not start: ${printed}`)
        url = /listens on (\S+)/.exec(printed)?.[1] ?? ''
        return url !== ''
      },
      40_000,
    )
  })
  after(async () => {
    if (hub && hub.exitCode === null) {
      hub.kill('SIGTERM')
      await once(hub, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  })

  const leaks = (text: string): readonly string[] =>
    [...canaries].filter(([, secret]) => text.includes(secret)).map(([name]) => name)

  it('all have a canary here', () => {
    expect(SECRETS).to.deep.equal([
      'secret',
      'store.mongodb.url',
      'identity.demoPassword',
      'federation.secret',
    ])
  })

  it('are in no answer, whoever asks', async () => {
    const grant = { grant_type: 'urn:urban-data-hub:grant:demo', client_id: 'hub-demo', account: 'dpo' }
    const form = (fields: Readonly<Record<string, string>>) => ({
      method: 'POST' as const,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
    const answered = await request(`${url}/oidc/token`, form(grant))
    const { access_token: token } = (await answered.body.json()) as { readonly access_token: string }
    const found: string[] = []
    for (const [path, options] of [
      ['/metrics'],
      ['/openapi.json'],
      ['/hub.json'],
      ['/health/ready'],
      ['/'],
      ['/oidc/.well-known/openid-configuration'],
      ['/oidc/jwks'],
      [
        '/oidc/token',
        form({ grant_type: 'client_credentials', client_id: 'machine', client_secret: 'wrong' }),
      ],
      ['/ngsi-ld/v1/entities?type=ServiceRequest'],
      ['/ngsi-ld/v1/csourceRegistrations'],
      ['/ngsi-ld/v1/info/sourceIdentity'],
      ['/hub/v1/policies'],
      ['/hub/v1/store'],
      ['/hub/v1/nothing'],
    ] as const)
      for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
        const { headers: given = {}, ...rest } = { headers: {}, ...options }
        const answer = await request(`${url}${path}`, { ...rest, headers: { ...headers, ...given } })
        const text = `${JSON.stringify(answer.headers)}${await answer.body.text()}`
        found.push(...leaks(text).map((name) => `${path}: ${name}`))
      }
    expect(found).to.deep.equal([])
  })

  it('are in nothing that a check prints, where all is in order and where it is not', async () => {
    const check = (file: string) =>
      run(process.execPath, [HUB, 'check', join(folder, file)], { env: environment }).then(
        ({ stdout, stderr }) => stdout + stderr,
        (error: { readonly stdout: string; readonly stderr: string }) => error.stdout + error.stderr,
      )
    const [good, faulty] = await Promise.all([check('hub.yaml'), check('faulty.yaml')])
    expect(good).to.contain('is in order').and.not.contain('warning')
    expect(leaks(good)).to.deep.equal([])
    expect(faulty).to.contain('Setting secret must match').and.not.contain('canary-')
  })

  it('are in no line that the hub printed, to its end', async () => {
    if (!hub) throw new Error('There is no hub')
    hub.kill('SIGTERM')
    await once(hub, 'exit')
    expect(printed).to.contain('hub stopped')
    expect(leaks(printed)).to.deep.equal([])
  })
})
