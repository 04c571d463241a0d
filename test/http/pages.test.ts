import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../ontology/package-root.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ISSUER = 'https://login.example.test/realms/province'

describe('pages', () => {
  let open: TestHub
  let guarded: TestHub
  before(async () => {
    ;[open, guarded] = await Promise.all([
      startTestHub({ name: 'open', title: 'Mở' }),
      startTestHub({
        'auth.mode': 'required',
        'auth.policies': [join(packageRoot, 'config/policies/demo.yaml')],
        'auth.issuers': [{ issuer: ISSUER }],
      }),
    ])
  })
  after(() => Promise.all([open.stop(), guarded.stop()]))

  const policy = async (hub: TestHub, path: string) =>
    String((await hub.send(path)).headers['content-security-policy'])

  it('may load from the hub alone, and run no script that is written inside them', async () => {
    for (const path of ['/', '/docs', '/docs/guide/masking', '/ontology/v1/index.html']) {
      const directives = await policy(open, path)
      expect(directives, path).to.include("default-src 'self';").and.include("connect-src 'self';")
      expect(directives, path).to.not.match(/script-src|unsafe-eval|https?:/)
      const { text } = await open.send(path)
      expect(text, path).to.not.match(/<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:/i)
    }
  })

  it('may call the issuer where people log in, and no other server', async () => {
    expect(await policy(guarded, '/')).to.include("connect-src 'self' https://login.example.test;")
  })

  it('say where to log in only where there is access control', async () => {
    const { body } = await guarded.send('/hub.json')
    expect(body).to.include({ issuer: ISSUER, clientId: 'console' })
    const { body: free } = await open.send('/hub.json')
    expect(free).to.include({ name: 'open', title: 'Mở' }).and.not.have.any.keys('issuer', 'clientId')
    expect(free.types).to.include('ServiceRequest')
  })

  it('are files of the console and the reference, never others', async () => {
    for (const path of [
      '/package.json',
      '/docs/../package.json',
      '/docs/%2e%2e/package.json',
      '/pages',
      '/pages/',
      '/DOCS/index.html',
      '/docs/index.html/',
      '/docs/guide/README',
      '/docs/guide/none',
      '/docs/ontology/None',
      '/Ontology',
    ])
      expect((await open.send(path)).status, path).to.equal(404)
  })
})
