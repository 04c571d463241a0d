import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort } from '../support/free-port.ts'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'
import { setAside } from './leak-entities.ts'

const POLICIES = [join(packageRoot, 'config/policies/demo.yaml')]
const DEMO = parse(readFileSync(join(packageRoot, 'config/demo/province.yaml'), 'utf8'))
const CITIES = ['thai-nguyen', 'song-cong', 'pho-yen'] as const
const ACCOUNTS = ['dpo', 'analyst', 'operator.thai-nguyen', 'public', 'feeds'] as const
const UPSERT = '/ngsi-ld/v1/entityOperations/upsert'

export type Account = (typeof ACCOUNTS)[number]

/** A fictional person: how she is looked for, and what of her must be nowhere afterwards. */
export const HERS = {
  name: 'Nông Thị Thử Bảy',
  phone: '0900000417',
  identifiers: ['phone:0900 000 417', 'cccd:019300000417', 'email:thu.0417@example.com', 'plate:20A-004.17'],
  telling: [
    '0900000417',
    '900000417',
    '019300000417',
    'thu.0417@example.com',
    '20a00417',
    'Nông Thị Thử Bảy',
  ],
}
/** Somebody else, next to her in every place. */
export const OTHER = {
  name: 'Lường Văn Mẫu',
  phone: '0900000999',
  telling: ['0900000999', 'Lường Văn Mẫu'],
}

/** The hub of the province and those of three cities in this process, with the rights of the demonstration. */
export interface Provinces {
  readonly province: TestHub
  readonly cities: ReadonlyMap<string, TestHub>
  token(account: Account): string
  send(hub: TestHub, account: Account, path: string, request?: TestRequest): Promise<TestAnswer>
  /** Data folders of all of them. */
  folders(): readonly string[]
  /** Puts both persons into every city, in each place that keeps data. */
  seed(): Promise<void>
  stopCity(name: string): Promise<void>
  /** Starts a city again that was stopped, where it was and with what it had. */
  restartCity(name: string): Promise<void>
  stop(): Promise<void>
}

type Settings = Parameters<typeof startTestHub>[0]

/** Starts the hubs; each keeps its reports below a folder, and may have settings besides. */
export async function startProvince(
  reports: string,
  more: { readonly province?: Settings; readonly city?: (name: string) => Settings } = {},
): Promise<Provinces> {
  const ports = await Promise.all(CITIES.map(() => freePort()))
  const endpoints = ports.map((port) => `http://127.0.0.1:${port}`)
  const folders = ['province', ...CITIES].map((name) => mkdtempSync(join(tmpdir(), `hub-${name}-`)))
  const [source] = DEMO.federation.sources
  const common = (name: string, at: number) => ({
    name,
    data: folders[at],
    'auth.mode': 'required',
    'auth.policies': POLICIES,
    'context.default': 'ontology',
    'privacy.reports': join(reports, name),
  })
  const province = await startTestHub({
    ...common('province', 0),
    'identity.enabled': true,
    'identity.demoGrant': true,
    'identity.accounts': DEMO.identity.accounts,
    'egress.allow': endpoints,
    'federation.sources': CITIES.map((name, at) => ({ ...source, name, endpoint: endpoints[at] })),
    ...more.province,
  })
  const cities = new Map<string, TestHub>()
  const names: readonly string[] = CITIES
  const startCity = async (name: string): Promise<TestHub> => {
    const at = names.indexOf(name)
    const settings = {
      ...common(name, at + 1),
      city: name,
      'listen.port': ports[at],
      'auth.issuers': [{ issuer: `${province.url}/oidc` }],
      'egress.allow': [province.url],
      ...more.city?.(name),
    }
    const city = await startTestHub(settings)
    cities.set(name, city)
    return city
  }
  for (const name of CITIES) await startCity(name)
  const tokens = new Map<Account, string>()
  for (const account of ACCOUNTS) tokens.set(account, await demoToken(province, account))
  const token = (account: Account) => tokens.get(account) ?? ''
  const send: Provinces['send'] = (hub, account, path, request = {}) =>
    hub.send(path, { ...request, headers: { Authorization: `Bearer ${token(account)}`, ...request.headers } })
  const running = new Map<string, TestHub>([...cities, ['province', province]])
  return {
    province,
    cities,
    token,
    send,
    folders: () => folders,
    seed: async () => {
      for (const [name, hub] of cities) await seedCity(send, hub, name)
      const [first] = cities.values()
      if (first) await seedCopies(send, first)
    },
    stopCity: async (name) => {
      await running.get(name)?.stop()
      running.delete(name)
    },
    restartCity: async (name) => {
      running.set(name, await startCity(name))
    },
    stop: async () => {
      for (const hub of running.values()) await hub.stop()
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    },
  }
}

const property = (value: unknown, members: object = {}) => ({ type: 'Property', value, ...members })

function report(city: string, name: string, members: object): object {
  return {
    id: `urn:ngsi-ld:ServiceRequest:${city}:${name}`,
    type: 'ServiceRequest',
    requestCode: property(`PA-${name}`),
    status: property('received'),
    ...members,
  }
}

/** What the feeds of a city wrote, then and now: her number in several writings, and texts that speak of her. */
async function seedCity(send: Provinces['send'], hub: TestHub, city: string): Promise<void> {
  const other = { reporterName: property(OTHER.name), reporterPhone: property(OTHER.phone) }
  const past = { reporterName: property(HERS.name), reporterPhone: property('+84 (0)900 000 417') }
  const write = async (account: Account, path: string, request: TestRequest) => {
    const { status, text } = await send(hub, account, path, { method: 'POST', ...request })
    if (status >= 300) throw new Error(`${path} is refused: ${status} ${text}`)
  }
  await write('feeds', UPSERT, {
    body: [
      report(city, 'hers', { ...past, reporterEmail: property('Thu.0417@Example.com') }),
      report(city, 'other', { ...other, description: property(`Đèn hỏng, gọi ${OTHER.phone}`) }),
      report(city, 'about-her', {
        ...other,
        description: property(`Chị ấy số 0900.000.417, CCCD 019 300 000 417`),
      }),
      // once hers, somebody else's since
      report(city, 'passed-on', past),
    ],
  })
  await write('feeds', UPSERT, {
    body: [
      report(city, 'hers', {
        reporterName: property(HERS.name),
        reporterPhone: property(HERS.phone, { datasetId: 'urn:ngsi-ld:other' }),
        description: property(`Rác trước nhà ${HERS.name}`),
        note: property('xe 20A-004.17', { remark: property(`báo cho ${HERS.name}`) }),
      }),
      report(city, 'passed-on', other),
    ],
  })
  const { id } = setAside('')
  for (const [at, text] of [
    `{"sdt":"0900-000-417","ten":"${HERS.name}"}`,
    `{"sdt":"${OTHER.phone}"}`,
  ].entries()) {
    const bytes = { raw: Buffer.from(text).toString('base64'), encoding: 'base64' }
    await write('feeds', '/hub/v1/quarantine', {
      body: { ...setAside(''), ...bytes, id: id.replace(/.$/, String(at)) },
    })
  }
}

/** A snapshot and a subscription that name her. */
async function seedCopies(send: Provinces['send'], hub: TestHub): Promise<void> {
  const about = (phone: string) => ({
    type: 'Query',
    entities: [{ type: 'ServiceRequest' }],
    q: `reporterPhone=="${phone}"`,
  })
  for (const [path, body] of [
    ['snapshots', { type: 'Snapshot', snapshotQueries: [about(HERS.phone)] }],
    [
      'snapshots',
      { type: 'Snapshot', snapshotQueries: [{ type: 'Query', entities: [{ type: 'ServiceRequest' }] }] },
    ],
    [
      'subscriptions',
      {
        type: 'Subscription',
        entities: [{ type: 'ServiceRequest' }],
        q: `reporterPhone=="${HERS.phone}"`,
        notification: { endpoint: { uri: 'http://127.0.0.1:9/notify' } },
      },
    ],
  ] as const) {
    const { status, text } = await send(hub, 'dpo', `/ngsi-ld/v1/${path}`, { method: 'POST', body })
    if (status >= 300) throw new Error(`${path} are refused: ${status} ${text}`)
  }
  await tell(hub, [HERS.phone, OTHER.phone])
  await tell(hub, [OTHER.phone])
}

/** Names what another hub told last for a subscription here. */
export const NOTICE = 'urn:ngsi-ld:Subscription:told urn:ngsi-ld:ContextSourceRegistration:teller'

/** Keeps what another hub notified of, as the hub does when it comes. */
async function tell(hub: TestHub, phones: readonly string[]): Promise<void> {
  const entities = phones.map((phone, at) => ({
    entity: { id: `urn:ngsi-ld:ServiceRequest:told:${at}`, phone },
  }))
  const next = { from: NOTICE.split(' ')[1] ?? '', taken: [], entities }
  const unit = {
    collection: 'sourceNotice',
    id: NOTICE,
    at: Date.now() * 1000,
    origin: { by: 'source' },
  } as const
  await hub.running.store.commit(DEFAULT_TENANT, [{ ...unit, next }])
}

/** Separators that people put into numbers, and how JSON, URLs and base64 write texts. */
export function traceOf(content: string | Buffer): readonly string[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const text = bytes.toString('latin1').toLowerCase()
  const plain = text.replaceAll(/[\s().\-_/]/g, '')
  return HERS.telling.filter((each) =>
    writings(each).some((one) => text.includes(one) || plain.includes(one)),
  )
}

function writings(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  // base64 of a text differs by where in three bytes it begins: without its first and last characters
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '')
    return encoded.slice(Math.ceil((shift * 8) / 6) + (shift > 0 ? 1 : 0), -2).toLowerCase()
  })
  const utf16 = Buffer.from(text, 'utf16le').toString('latin1').toLowerCase()
  return [
    bytes.toString('latin1').toLowerCase(),
    escaped.toLowerCase(),
    encodeURIComponent(text).toLowerCase(),
    utf16,
    ...base64.filter((each) => each.length >= 8),
  ]
}

async function demoToken(province: TestHub, account: string): Promise<string> {
  const grant = { grant_type: 'urn:urban-data-hub:grant:demo', client_id: 'hub-demo', account }
  const { status, body, text } = await province.send('/oidc/token', {
    method: 'POST',
    body: new URLSearchParams(grant).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })
  if (status !== 200) throw new Error(`No token: ${status} ${text}`)
  return body.access_token
}
