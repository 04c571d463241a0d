import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { packageRoot } from '../../ontology/package-root.ts'
import { makeCertificates } from '../support/certificates.ts'
import { freePort } from '../support/free-port.ts'
import { hashOfTest } from '../support/hash-of-test.ts'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'
import { type Crossed, type RecordingRelay, startRecordingRelay } from '../support/recording-relay.ts'
import { STRANGE_TYPE } from './leak-entities.ts'
import { ADMINISTRATOR, clientToken, demoToken, PEER } from './secured-hubs.ts'

const POLICIES = [join(packageRoot, 'config/policies/demo.yaml')]
const DEMO = parse(readFileSync(join(packageRoot, 'config/demo/province.yaml'), 'utf8'))
/** How each city learns for whom it is asked. */
const CITIES = { 'thai-nguyen': 'on-behalf', 'song-cong': 'exchange', 'pho-yen': 'forward' } as const

/** The hub of the province and those of three cities in this process, and what goes over the links between them. */
export interface TappedHubs {
  readonly province: TestHub
  readonly cities: ReadonlyMap<string, TestHub>
  /** Where the province reaches each city. */
  readonly endpoints: ReadonlyMap<string, string>
  send(hub: TestHub, asker: string, path: string, request?: TestRequest): Promise<TestAnswer>
  /** Answers what crossed since it was asked last: between province and cities without its TLS, with it, and from cities to the province. */
  taken(): { readonly asked: Crossed; readonly wire: Crossed; readonly told: Crossed }
  stop(): Promise<void>
}

/** Starts the hubs; the province reaches each city by TLS with certificates on both sides. */
export async function startTappedHubs(): Promise<TappedHubs> {
  const { authority, server, client } = makeCertificates()
  const front = { key: server.key, cert: server.certificate, ca: authority.certificate, requestCert: true }
  const tls = {
    certificate: client.certificateFile,
    certificateKey: client.keyFile,
    authorities: authority.certificateFile,
  }
  const [source] = DEMO.federation.sources
  const types = [...source.types, STRANGE_TYPE]
  const links = await Promise.all(
    Object.entries(CITIES).map(async ([name, identity]) => {
      const port = await freePort()
      const asked = await startRecordingRelay(port, { ...front, rejectUnauthorized: true })
      const wire = await startRecordingRelay(asked.port)
      return { name, identity, port, asked, wire, endpoint: `https://127.0.0.1:${wire.port}` }
    }),
  )
  const port = await freePort()
  const told = await startRecordingRelay(port)
  const publicUrl = `http://127.0.0.1:${told.port}`
  const common = { 'auth.mode': 'required', 'auth.policies': POLICIES, 'context.default': 'ontology' }
  const province = await startTestHub({
    ...common,
    name: 'province',
    publicUrl,
    'listen.port': port,
    'identity.enabled': true,
    'identity.demoGrant': true,
    'identity.accounts': DEMO.identity.accounts,
    'identity.clients': [PEER, ADMINISTRATOR].map((each) => ({ ...each, secret: hashOfTest(each.secret) })),
    'egress.allow': links.map(({ endpoint }) => endpoint),
    'federation.sources': links.map(({ name, identity, endpoint }) => ({
      name,
      endpoint,
      types,
      identity,
      tls,
    })),
  })
  const cities = new Map<string, TestHub>()
  for (const { name, port } of links) {
    const settings = {
      ...common,
      name,
      city: name,
      'listen.port': port,
      'auth.issuers': [{ issuer: `${publicUrl}/oidc` }],
      'egress.allow': [publicUrl],
    }
    cities.set(name, await startTestHub(settings))
  }
  const tokens = new Map<string, string>([
    ['peer hub', await clientToken(province, PEER)],
    ['administrator', await clientToken(province, ADMINISTRATOR)],
  ])
  for (const { name } of DEMO.identity.accounts) tokens.set(name, await demoToken(province, name))
  const send: TappedHubs['send'] = (hub, asker, path, request = {}) => {
    const token = tokens.get(asker)
    const as = token === undefined ? {} : { Authorization: `Bearer ${token}` }
    return hub.send(path, { ...request, headers: { ...as, ...request.headers } })
  }
  return {
    province,
    cities,
    endpoints: new Map(links.map(({ name, endpoint }) => [name, endpoint])),
    send,
    taken: () => ({
      asked: together(links.map(({ asked }) => asked)),
      wire: together(links.map(({ wire }) => wire)),
      told: told.taken(),
    }),
    stop: async () => {
      for (const hub of [...cities.values(), province]) await hub.stop()
      for (const relay of [told, ...links.flatMap(({ asked, wire }) => [wire, asked])]) await relay.close()
    },
  }
}

function together(relays: readonly RecordingRelay[]): Crossed {
  const all = relays.map((relay) => relay.taken())
  return { there: all.map(({ there }) => there).join('\n'), back: all.map(({ back }) => back).join('\n') }
}
