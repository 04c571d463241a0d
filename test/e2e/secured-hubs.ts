import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { SettingPath } from '../../broker/config-schema.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort } from '../support/free-port.ts'
import { hashOfTest } from '../support/hash-of-test.ts'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'

export const CITY = 'thai-nguyen'
const POLICIES = [join(packageRoot, 'config/policies/demo.yaml')]
const DEMO = parse(readFileSync(join(packageRoot, 'config/demo/province.yaml'), 'utf8'))
export const PEER = { id: 'hub.neighbour', secret: 'secret-of-a-neighbour', roles: ['hub'] }
export const ADMINISTRATOR = { id: 'console', secret: 'secret-of-a-console', roles: ['administrator'] }

/** Who asks: an account of the demonstration, another hub in its own name, or nobody. */
export type Asker =
  | 'dpo'
  | 'analyst'
  | 'operator.thai-nguyen'
  | 'operator.song-cong'
  | 'public'
  | 'feeds'
  | 'peer hub'
  | 'administrator'
  | 'anonymous'

/** The province and one of its cities in this process, with the policies and accounts of the demonstration. */
export interface SecuredHubs {
  readonly province: TestHub
  readonly city: TestHub
  /** Headers with which somebody asks. */
  as(asker: Asker): Readonly<Record<string, string>>
  send(hub: TestHub, asker: Asker, path: string, request?: TestRequest): Promise<TestAnswer>
  /** Brings new entities into the city as its feeds do. @throws Error unless all were created */
  load(entities: readonly object[]): Promise<void>
  stop(): Promise<void>
}

const ACCOUNTS = ['dpo', 'analyst', 'operator.thai-nguyen', 'operator.song-cong', 'public', 'feeds'] as const

/**
 * Starts both hubs; the province knows the city as a source, of these types too, the city trusts the issuer of the
 * province, and has these settings.
 */
export async function startSecuredHubs(
  types: readonly string[] = [],
  settings: Readonly<Partial<Record<SettingPath, unknown>>> = {},
): Promise<SecuredHubs> {
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const [source] = DEMO.federation.sources
  const province = await startTestHub({
    name: 'province',
    'auth.mode': 'required',
    'changes.heartbeat': 500,
    'auth.policies': POLICIES,
    'context.default': 'ontology',
    'identity.enabled': true,
    'identity.demoGrant': true,
    'identity.accounts': DEMO.identity.accounts,
    'identity.clients': [PEER, ADMINISTRATOR].map((client) => ({
      ...client,
      secret: hashOfTest(client.secret),
    })),
    'egress.allow': [endpoint],
    'federation.sources': [{ name: CITY, endpoint, types: [...source.types, ...types] }],
  })
  const city = await startTestHub({
    name: CITY,
    city: CITY,
    'listen.port': port,
    'auth.mode': 'required',
    'changes.heartbeat': 500,
    'auth.policies': POLICIES,
    'context.default': 'ontology',
    'auth.issuers': [{ issuer: `${province.url}/oidc` }],
    'egress.allow': [province.url],
    ...settings,
  })
  const tokens = new Map<Asker, string>()
  for (const account of ACCOUNTS) tokens.set(account, await demoToken(province, account))
  tokens.set('peer hub', await clientToken(province, PEER))
  tokens.set('administrator', await clientToken(province, ADMINISTRATOR))
  const as = (asker: Asker): Record<string, string> => {
    const token = tokens.get(asker)
    return token === undefined ? {} : { Authorization: `Bearer ${token}` }
  }
  const send: SecuredHubs['send'] = (hub, asker, path, request = {}) =>
    hub.send(path, { ...request, headers: { ...as(asker), ...request.headers } })
  return {
    province,
    city,
    as,
    send,
    load: async (body) => {
      const path = '/ngsi-ld/v1/entityOperations/upsert'
      const { status, text } = await send(city, 'feeds', path, { method: 'POST', body })
      if (status !== 201) throw new Error(`Entities are not loaded: ${status} ${text}`)
    },
    stop: async () => {
      await city.stop()
      await province.stop()
    },
  }
}

/** Asks the demo grant for a token of an account. */
export function demoToken(province: TestHub, account: string): Promise<string> {
  const grant = { grant_type: 'urn:urban-data-hub:grant:demo', client_id: 'hub-demo', account }
  return token(province, grant, {})
}

/** Asks for a token of a client in its own name. */
export function clientToken(
  province: TestHub,
  { id, secret }: { readonly id: string; readonly secret: string },
): Promise<string> {
  const credentials = Buffer.from(`${id}:${secret}`).toString('base64')
  const grant = { grant_type: 'client_credentials', resource: 'urn:urban-data-hub' }
  return token(province, grant, { Authorization: `Basic ${credentials}` })
}

async function token(
  province: TestHub,
  grant: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const { status, body, text } = await province.send('/oidc/token', {
    method: 'POST',
    body: new URLSearchParams(grant).toString(),
    headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
  })
  if (status !== 200) throw new Error(`No token: ${status} ${text}`)
  return body.access_token
}
