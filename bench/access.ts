import { createHash, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { request } from 'undici'
import { stringify } from 'yaml'
import { demoToken } from '../broker/cli/demo-token.ts'
import { packageRoot } from '../ontology/package-root.ts'
import { hashPassword } from '../security/identity/password.ts'
import { type LoadRequest, load } from './load.ts'
import type { BenchPart, Figure } from './notifications.ts'
import { type Server, startHub } from './servers.ts'
import { median, spread } from './statistics.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const REPORTS = 2000
/** So many reports have the same code: a page. */
const PAGE = 20
const SLICE_SECONDS = 0.2
/** So many requests come before those that count: until then code is still being compiled. */
const WARM = 20_000
const RULES = 10_000
/** So long so many rules are being read and put in force, beside requests, on one core. */
const READING_SECONDS = 12
const DEMO = join(packageRoot, 'config', 'policies', 'demo.yaml')
const CITY = 'bench'
const ACCOUNTS = [
  { name: 'operator', roles: ['operator'], organisation: 'ioc', city: CITY },
  { name: 'dpo', roles: ['dpo'], organisation: 'province' },
  { name: 'feeds', roles: ['feed'], organisation: 'ioc', city: CITY },
]

type Headers = Readonly<Record<string, string>>
type Reads = readonly (readonly [name: string, make: (at: number) => LoadRequest])[]

const READS: Reads = [
  ['retrieve', (at) => ({ method: 'GET', path: `${ENTITIES}/${id(at % REPORTS)}` })],
  [
    'query20',
    (at) => ({
      method: 'GET',
      path: `${ENTITIES}?type=ServiceRequest&q=requestCode=="PA-${at % (REPORTS / PAGE)}"&limit=${PAGE}`,
    }),
  ],
]

/** Measures what access control, masks, audited clear reads, proofs of possession and many rules cost reads. */
export async function access(bench: BenchPart): Promise<readonly Figure[]> {
  const parts = [
    ['access.reads', reads],
    ['access.policies', policies],
  ] as const
  const figures: Figure[] = []
  for (const [name, measure] of parts) if (bench.isWanted(name)) figures.push(...(await measure(bench)))
  return figures
}

/** Persons' reports, masked for the operator, in clear for the data-protection officer; the same without access control. */
async function reads(bench: BenchPart): Promise<Figure[]> {
  const open = await filled(await startOpen(bench), {})
  const hub = await startSecured(bench, 'access', [DEMO])
  const operator = await bearer('operator', hub)
  const officer = await bearer('dpo', hub)
  const figures: Figure[] = []
  for (const [name, make] of READS) {
    const without = { server: open, make }
    const masked = await share(bench, { server: hub, make: withHeaders(make, operator) }, without)
    const clear = await share(bench, { server: hub, make: withHeaders(make, officer) }, without)
    figures.push(
      figure(`access.${name}.masked`, '>= 0.9', masked, 'with an operator’s token, persons masked'),
      figure(`access.${name}.clear`, '', clear, 'in clear, each answer after its audit record is on disk'),
    )
  }
  const [[, retrieve] = []] = READS
  if (retrieve) figures.push(await proven(bench, { hub, open, make: retrieve }))
  await Promise.all([open.stop(), hub.stop()])
  return figures
}

/** Tokens that are bound to a key: every request brings a proof of its own (RFC 9449). */
async function proven(
  bench: BenchPart,
  {
    hub,
    open,
    make,
  }: { readonly hub: Server; readonly open: Server; readonly make: (at: number) => LoadRequest },
): Promise<Figure> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const prove = (method: string, url: string, more: object = {}) =>
    new SignJWT({ htm: method, htu: url, jti: randomUUID(), ...more })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: jwk as JWK })
      .setIssuedAt()
      .sign(privateKey)
  const token = await boundToken(hub, await prove('POST', `${hub.url}/oidc/token`))
  const ath = createHash('sha256').update(token).digest('base64url')
  const shares: number[] = []
  for (let round = 0; round <= bench.rounds; round++) {
    const proofs: LoadRequest[] = []
    for (let at = 0; at < 6000 * bench.seconds; at++) {
      const plain = make(at)
      const proof = await prove('GET', `${hub.url}${plain.path.split('?')[0]}`, { ath })
      proofs.push({ ...plain, headers: { authorization: `DPoP ${token}`, dpop: proof } })
    }
    const options = { connections: bench.connections, seconds: bench.seconds }
    const ours = await load(hub.url, options, (at) => proofs[at] ?? make(at))
    const others = await load(open.url, options, make)
    if (round > 0) shares.push(ours.requestsPerSecond / others.requestsPerSecond)
  }
  return figure(
    'access.retrieve.dpop',
    '',
    shares,
    'with a token bound to a key, a new proof in each request',
  )
}

/** 10,000 rules of other roles beside those of the demonstration; and requests while they are read anew. */
async function policies(bench: BenchPart): Promise<Figure[]> {
  const many = join(bench.folder, 'many-rules.yaml')
  writeFileSync(many, stringify({ description: 'Rules of other roles', rules: manyRules('a') }))
  const few = await startSecured(bench, 'few', [DEMO])
  const hub = await startSecured(bench, 'many', [DEMO, many])
  const operator = { few: await bearer('operator', few), many: await bearer('operator', hub) }
  const figures: Figure[] = []
  for (const [name, make] of READS) {
    const shares = await share(
      bench,
      { server: hub, make: withHeaders(make, operator.many) },
      { server: few, make: withHeaders(make, operator.few) },
    )
    figures.push(figure(`access.policies.${name}`, '>= 0.95', shares, `with ${RULES} more rules`, 'with few'))
  }
  figures.push(await reloading(bench, { hub, many, headers: operator.many }))
  await Promise.all([few.stop(), hub.stop()])
  return figures
}

/** A file of 10,000 rules is written anew while requests go on. */
async function reloading(
  bench: BenchPart,
  { hub, many, headers }: { readonly hub: Server; readonly many: string; readonly headers: Headers },
): Promise<Figure> {
  const [[, make] = []] = READS
  const next = withHeaders(make ?? (() => ({ method: 'GET', path: ENTITIES })), headers)
  const options = { connections: bench.connections, seconds: READING_SECONDS }
  await load(hub.url, { ...options, seconds: 1, requests: WARM }, next)
  const calm = await load(hub.url, options, next)
  writeFileSync(many, stringify({ description: 'The same, read anew', rules: manyRules('b') }))
  const during = await load(hub.url, options, next)
  return {
    name: 'access.policies.reload',
    value: during.requestsPerSecond / calm.requestsPerSecond,
    aim: '',
    text: `share of retrieves/s in the ${READING_SECONDS} s after ${RULES} rules were written anew, of those before; slowest answer ${during.slowestMs.toFixed(0)} ms, before ${calm.slowestMs.toFixed(0)} ms`,
  }
}

function manyRules(prefix: string): readonly object[] {
  const types = ['ServiceRequest', 'OffStreetParking', 'AirQualityObserved', 'WeatherObserved']
  return Array.from({ length: RULES }, (_, at) => {
    const subject = { role: `role-${at % 2000}`, city: `city-${at % 7}` }
    const type = types[at % types.length]
    const base = { id: `${prefix}.rule-${at}`, subject, action: 'read' }
    if (at % 3 === 0) return { ...base, effect: 'permit', resource: { type } }
    if (at % 3 === 1)
      return { ...base, effect: 'mask', method: 'partial', resource: { type, attribute: 'reporterPhone' } }
    return { ...base, effect: 'deny', resource: { type, idPattern: `urn:ngsi-ld:${type}:x-${at}-.*` } }
  })
}

interface Side {
  readonly server: Server
  readonly make: (at: number) => LoadRequest
}

/**
 * Measures both in turn, in slices so short that what else the machine does meets both alike; answers what share of the
 * other's requests a second one reaches, in each round.
 */
async function share({ rounds, seconds, connections }: BenchPart, one: Side, other: Side): Promise<number[]> {
  for (const { server, make } of [one, other])
    await load(server.url, { connections, seconds, requests: WARM }, make)
  const shares: number[] = []
  for (let round = 0; round < rounds; round++) {
    const speed = new Map([
      [one, 0],
      [other, 0],
    ])
    for (let slice = 0; slice * SLICE_SECONDS < seconds; slice++)
      for (const side of slice % 2 === 0 ? [one, other] : [other, one]) {
        const { requestsPerSecond } = await load(
          side.server.url,
          { connections, seconds: SLICE_SECONDS },
          side.make,
        )
        speed.set(side, (speed.get(side) ?? 0) + requestsPerSecond)
      }
    shares.push((speed.get(one) ?? 0) / (speed.get(other) ?? 1))
  }
  return shares
}

function figure(
  name: string,
  aim: string,
  shares: readonly number[],
  text: string,
  of = 'without access control',
): Figure {
  return {
    name,
    value: median(shares),
    aim,
    text: `share of reads/s ${text}, of those ${of}, in turn; ${spread(shares)}`,
  }
}

function withHeaders(make: (at: number) => LoadRequest, headers: Headers): (at: number) => LoadRequest {
  return (at) => ({ ...make(at), headers })
}

async function bearer(account: string, { url }: Server): Promise<Headers> {
  return { authorization: `Bearer ${await demoToken(account, url)}` }
}

const CLIENT = { id: 'bench', secret: 'secret-of-a-bench', roles: ['operator'], city: CITY }

async function boundToken({ url }: Server, proof: string): Promise<string> {
  const answer = await request(`${url}/oidc/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      dpop: proof,
    },
    body: 'grant_type=client_credentials&resource=urn:urban-data-hub',
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`No bound token: ${answer.statusCode} ${text}`)
  return JSON.parse(text).access_token
}

function startOpen({ folder, started }: BenchPart): Promise<Server> {
  return started(startHub(folder, { name: 'access-open', settings: { HUB_CONTEXT_DEFAULT: 'ontology' } }))
}

async function startSecured(
  { folder, started }: BenchPart,
  name: string,
  files: readonly string[],
): Promise<Server> {
  const config = join(folder, `${name}.yaml`)
  const client = { ...CLIENT, secret: await hashPassword(CLIENT.secret) }
  const settings = {
    name,
    city: CITY,
    context: { default: 'ontology' },
    auth: { policies: files },
    // one caller asks as fast as it can: it is counted, and never refused
    limits: { requestsPerSecond: 1_000_000, burst: 1_000_000 },
    identity: { enabled: true, demoGrant: true, accounts: ACCOUNTS, clients: [client] },
  }
  writeFileSync(config, stringify(settings))
  const hub = await started(startHub(folder, { name, config }))
  return filled(hub, await bearer('feeds', hub))
}

/** Brings the reports in. */
async function filled(hub: Server, headers: Headers): Promise<Server> {
  for (let first = 0; first < REPORTS; first += 500) {
    const answer = await request(`${hub.url}/ngsi-ld/v1/entityOperations/create`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(Array.from({ length: 500 }, (_, at) => report(first + at))),
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 201) throw new Error(`Reports were not created: ${text.slice(0, 300)}`)
  }
  return hub
}

function id(at: number): string {
  return `urn:ngsi-ld:ServiceRequest:bench-${at}`
}

/** A report by a person that does not exist. */
function report(at: number): object {
  const property = (value: unknown) => ({ type: 'Property', value })
  return {
    id: id(at),
    type: 'ServiceRequest',
    requestCode: property(`PA-${at % (REPORTS / PAGE)}`),
    status: property('received'),
    category: property('road'),
    reporterName: property('Nguyễn Văn Thử'),
    reporterPhone: property(`0900${String(at).padStart(6, '0')}`),
    description: property(`Ổ gà trước số nhà ${at}, gọi 0900${String(at).padStart(6, '0')}`),
    location: {
      type: 'GeoProperty',
      value: { type: 'Point', coordinates: [105.7 + (at % 100) / 400, 21.4 + ((at / 100) % 100) / 400] },
    },
  }
}
